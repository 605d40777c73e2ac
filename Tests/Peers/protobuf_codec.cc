// Times protobuf for C++ on messages that the benchmark of the codec hands to it.
//
//   protobuf_codec BATCHES NANOSECONDS GENERATE_REQUEST REFRESH_REQUEST REFRESH_RESPONSE
//
// The last three are files, each with one encoded message. Prints one line of key=value a message;
// each time is the median of BATCHES batches, each of about NANOSECONDS. Built by `wirebench codec`.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "auth.pb.h"

namespace {

struct Effort {
  int batches;
  double nanoseconds;
};

// The CPU time of this thread in nanoseconds, whatever else the machine does.
double Now() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

// Makes the compiler believe that the value is read and changed.
template <typename Value>
void Consume(Value& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

template <typename Work>
double TimeOf(long count, Work work) {
  const double start = Now();
  for (long i = 0; i < count; ++i) work();
  return Now() - start;
}

// Nanoseconds for one run of `work`.
template <typename Work>
double Measure(Effort effort, Work work) {
  long count = 1;
  double time = TimeOf(count, work);
  while (time < effort.nanoseconds / 2) time = TimeOf(count *= 2, work);
  std::vector<double> batches;
  for (int i = 0; i < effort.batches; ++i) batches.push_back(TimeOf(count, work) / count);
  std::sort(batches.begin(), batches.end());
  return batches[batches.size() / 2];
}

std::string ContentOf(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

template <typename Message>
bool Report(const char* name, const char* path, Effort effort) {
  const std::string bytes = ContentOf(path);
  Message message;
  if (bytes.empty() || !message.ParseFromString(bytes) || message.SerializeAsString() != bytes) {
    fprintf(stderr, "%s: not a message that protobuf for C++ writes alike\n", path);
    return false;
  }
  const double encode = Measure(effort, [&] {
    std::string fresh;
    message.SerializeToString(&fresh);
    Consume(fresh);
  });
  std::string reused;
  const double encode_reused = Measure(effort, [&] {
    message.SerializeToString(&reused);
    Consume(reused);
  });
  const double decode = Measure(effort, [&] {
    auto fresh = std::make_unique<Message>();
    fresh->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    Consume(*fresh);
  });
  printf("message=%s bytes=%zu encode_ns=%.1f encode_reused_ns=%.1f decode_ns=%.1f\n", name,
         bytes.size(), encode, encode_reused, decode);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: %s BATCHES NANOSECONDS GENERATE_REQUEST REFRESH_REQUEST "
                    "REFRESH_RESPONSE\n", argv[0]);
    return 64;
  }
  const Effort effort{std::max(1, atoi(argv[1])), atof(argv[2])};
  const bool all = Report<auth::_GenerateApiTokenRequest>("generate_request", argv[3], effort) &&
                   Report<auth::_RefreshApiTokenRequest>("refresh_request", argv[4], effort) &&
                   Report<auth::_RefreshApiTokenResponse>("refresh_response", argv[5], effort);
  return all ? 0 : 1;
}
