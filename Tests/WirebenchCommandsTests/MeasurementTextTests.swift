import Testing

@testable import WirebenchCommands

@Suite struct MeasurementTextTests {
  @Test("the figures of h2load are its throughput, its mean and its failures")
  func h2load() throws {
    let measurement = try #require(MeasurementText.h2load(Self.h2loadText))
    #expect(
      measurement == [.callsPerSecond: 21_319, .meanMicroseconds: 2_820, .errors: 0])
  }

  @Test("a call that h2load counts as failed is an error")
  func h2loadFailures() throws {
    let text = Self.h2loadText.replacing("0 failed", with: "3 failed")
    #expect(MeasurementText.h2load(text)?[.errors] == 3)
  }

  @Test("the figures of a peer stand in its line; its peak memory is its parent's")
  func peer() throws {
    let measurement = try #require(
      MeasurementText.peer(
        "sys=h2cli tls=0 n=64 calls=154112 errs=0 wall=1.000 cps=154124 p50us=379.0 p99us=593.9 "
          + "p999us=1016.2 cpu=2.882 user=2.435 sysc=0.447 maxrss_kb=6132 first_ms=3.20 "
          + "selffirst_ms=0.28\n"))
    #expect(
      measurement == [
        .callsPerSecond: 154_124, .p50Microseconds: 379, .p99Microseconds: 593.9,
        .cpuMicrosecondsPerCall: 2.882, .firstResponseMilliseconds: 3.2, .errors: 0,
      ])
  }

  @Test("of a peer that made one call only its time to the first response counts")
  func peerWithOneCall() {
    let text =
      "sys=cppgrpc tls=1 n=1 calls=0 errs=0 wall=1.000 cps=0 p50us=0.0 p99us=0.0 p999us=0.0 "
      + "cpu=0.000 user=0.000 sysc=0.000 maxrss_kb=14288 first_ms=20.14 selffirst_ms=12.59"
    #expect(MeasurementText.peer(text) == [.firstResponseMilliseconds: 20.14, .errors: 0])
  }

  @Test("the figures of a call of ours are those of its JSON")
  func call() throws {
    let measurement = try #require(
      MeasurementText.call(
        #"{"via":"channel","tls":false,"callsPerSecond":48205,"p50Microseconds":1261.6,"#
          + #""allocationsPerCall":15.06,"peakMemoryKB":17388,"firstResponseMilliseconds":2.71}"#))
    #expect(
      measurement == [
        .callsPerSecond: 48_205, .p50Microseconds: 1_261.6, .allocationsPerCall: 15.06,
        .peakMemoryKB: 17_388, .firstResponseMilliseconds: 2.71,
      ])
  }

  @Test(
    "what is no report is none", arguments: ["", "connect: Connection refused", "{}", "a=b c="])
  func garbage(text: String) {
    #expect(MeasurementText.h2load(text) == nil)
    #expect(MeasurementText.peer(text) == nil)
    #expect(MeasurementText.call(text) == nil)
  }

  private static let h2loadText = """
    starting benchmark...
    spawning thread #0: 1 total client(s). Timing-based test with 0.5s of warm-up time and 1s of main duration for measurements.
    Warm-up started for thread #0.
    progress: 100% of clients started
    Application protocol: h2c
    Warm-up phase is over for thread #0.
    Main benchmark duration is started for thread #0.
    Main benchmark duration is over for thread #0. Stopping all clients.
    Stopped all clients for thread #0

    finished in 1.50s, 21319.00 req/s, 9.92MB/s
    requests: 21319 total, 21319 started, 21319 done, 21319 succeeded, 0 failed, 0 errored, 0 timeout
    status codes: 21320 2xx, 0 3xx, 0 4xx, 0 5xx
    traffic: 9.92MB (10404215) total, 50.23KB (51440) headers (space savings 94.74%), 11.23MB (11777012) data
                         min         max         mean         sd        +/- sd
    time for request:      708us     17.98ms      2.82ms      1.86ms    90.23%
    time for connect:        0us         0us         0us         0us     0.00%
    time to 1st byte:        0us         0us         0us         0us     0.00%
    req/s           :   21330.23    21330.23    21330.23        0.00   100.00%
    """
}
