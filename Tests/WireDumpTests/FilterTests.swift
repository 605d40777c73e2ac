import FoundationEssentials
import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

@Suite struct FilterTests {
  /// The call and one of its frames that most tests ask about.
  private func admits(_ text: String) throws -> Bool? {
    var call = CallFacts()
    var record = CallRecord(connection: 2, stream: 5, path: "/auth.Auth/Login", status: "NOT_FOUND")
    record.requestBytes = 1000
    record.responseBytes = 24
    record.start = 1_000_000_000
    record.end = 1_020_000_000
    call.take(record)
    var frame = FrameFacts(record)
    frame.type = "HEADERS"
    frame.direction = "send"
    frame.time = 1_500_000
    return try FrameFilter(text).admits(frame, of: call)
  }

  @Test(arguments: [
    "path==/auth.Auth/Login", "path == '/auth.Auth/Login'", "service==auth.Auth", "method==Login",
    "method != Logout", "path ~ Log", "path ~ /auth.*/L?gin", "status==5", "status == not_found",
    "status != 0", "status", "status ~ NOT_*", "status>=1 && status<=16", "latency > 19ms",
    "duration == 0.02s", "latency<=20000us", "size==1KiB", "size > 1kB", "stream==5", "conn==2",
    "dir==send", "type==headers", "time < 2ms", "!(method==Logout)", "!header[\"te\"]",
    "header[te] != trailers", "method==x || method==y || method==Login",
    "method==x && method==y || method==Login", "method==Login && (method==x || conn==2)",
    "authority != example.com",
  ])
  func admitsWhatItSays(filter: String) throws {
    #expect(try admits(filter) == true)
    #expect(try admits("!(\(filter))") == false)
  }

  @Test(arguments: [
    ("", 0, "expected a field"), ("path", -1, ""), ("path==", 6, "expected a value"),
    ("pth==1", 0, "there is no field pth"), ("path = x", 5, "=="), ("path==x y", 8, "&&"),
    ("(path==x", 8, "expected )"), ("path==x)", 7, "expected &&"), ("path==\"x", 6, "never closed"),
    ("status==LATE", 8, "no gRPC status"), ("stream==a", 8, "no number"),
    ("size==4 && size~4", 15, "~ is for texts"), ("latency<5parsecs", 8, "no time"),
    ("size<-1", 5, "no size"), ("header==x", 6, "behind header"),
    ("header[", 7, "expected the name"),
    ("a && b", 0, "header[\"name\"]"), ("path==x && ∞", 11, "∞"),
  ])
  func saysWhereAFaultIs(filter: String, offset: Int, words: String) throws {
    guard offset >= 0 else {
      #expect(try FrameFilter(filter).isAboutCalls)
      return
    }
    let error = try #require(throws: FilterError.self) { try FrameFilter(filter) }
    #expect(error.offset == offset && error.what.contains(words), "\(error)")
    let lines = error.shown(in: filter).split(separator: "\n")
    #expect(
      lines.last?.count == 3 + String(decoding: filter.utf8.prefix(offset), as: UTF8.self).count)
  }

  @Test func refusesWhatIsNestedTooDeeply() {
    let open = String(repeating: "(", count: 5000)
    #expect(throws: FilterError.self) { try FrameFilter(open + "path") }
    #expect(throws: FilterError.self) {
      try FrameFilter(String(repeating: "!", count: 5000) + "path")
    }
  }

  @Test func knowsWhenItHasToWait() throws {
    var call = CallFacts()
    let frame = FrameFacts(CallRecord(connection: 0, stream: 1))
    func admits(_ text: String) throws -> Bool? {
      try FrameFilter(text).admits(frame, of: call)
    }
    #expect(try admits("path==/a") == nil && admits("status!=0") == nil)
    #expect(
      try admits("path==/a && stream==3") == false && admits("status==0 || stream==1") == true)
    var record = CallRecord(connection: 0, stream: 1)
    record.path = "/a"
    call.take(record)
    #expect(try admits("path==/a") == true && admits("status==0") == false)
    #expect(try FrameFilter("path==/a").admits(frame, of: nil) == false)
  }

  private func filtered(_ filter: String, mostWaiting: Int = 1 << 26) throws -> String {
    var dump = Dump(
      try DumpContext.testing(),
      FilteredOutput(TextOutput(oneLine: true), try FrameFilter(filter), mostWaiting: mostWaiting))
    for direction in [.clientToServer, .serverToClient] as [CaptureDirection] {
      dump.receive(
        .init(
          direction: direction, offset: 0,
          bytes: try Recordings.bytes("calls-in-a-row", direction)))
    }
    dump.finish()
    return dump.output.lines.take()
  }

  @Test func showsAllFramesOfACallAtItsEnd() throws {
    let all = try filtered("stream")
    let late = try filtered("status==0")
    #expect(!late.isEmpty)
    #expect(Set(late.split(separator: "\n")) == Set(all.split(separator: "\n")))
    #expect(try filtered("status!=0").isEmpty)
    #expect(try filtered("stream==0").contains("SETTINGS"))
  }

  @Test func saysWhichFramesItCouldNotKeep() throws {
    let text = try filtered("status==0", mostWaiting: 3000)
    #expect(text.contains("frames were let go before the filter could decide"))
    #expect(try filtered("path ~ /", mostWaiting: 3000) == filtered("path ~ /"))
  }

  @Test func isAnOptionOfEveryForm() async throws {
    let capture = fixture("captures/grpcio.pcap").path
    for format in ["text", "hex", "json"] {
      let some = await wiredump(["--format", format, "--where", "stream==3", capture])
      let none = await wiredump(["--format", format, "--where", "status==NOT_FOUND", capture])
      #expect(some.exitCode == 0 && some.output.contains("HEADERS"))
      #expect(none.output.isEmpty)
    }
    let wrong = await wiredump(["--where", "pth==1", capture])
    #expect(wrong.exitCode == 64)
    #expect(wrong.errors.contains("there is no field pth") && wrong.errors.contains("\n  ^"))
  }
}
