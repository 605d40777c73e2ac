import FoundationEssentials
import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

@Suite struct WaterfallTests {
  /// Frames of one connection, each with the millisecond it came in.
  private struct Script {
    var frames: [(direction: CaptureDirection, time: UInt64?, bytes: [UInt8])] = []

    mutating func add(
      _ direction: CaptureDirection, at time: Int?, _ type: UInt8, _ flags: UInt8, _ stream: UInt8,
      _ payload: [UInt8]
    ) {
      let count = payload.count
      let head: [UInt8] = [
        UInt8(count >> 16 & 0xff), UInt8(count >> 8 & 0xff), UInt8(count & 0xff), type, flags, 0, 0,
        0, stream,
      ]
      frames.append((direction, time.map { UInt64($0) * 1_000_000 }, head + payload))
    }

    mutating func open(isTimed: Bool = true, path: String = "/a.B/C") {
      frames.append((.clientToServer, isTimed ? 0 : nil, FrameScanner.preface))
      add(.clientToServer, at: isTimed ? 0 : nil, 4, 0, 0, [])
      add(.serverToClient, at: isTimed ? 5 : nil, 4, 0, 0, [0, 4, 0, 0, 0, 100])
      let block = [0x83, 0x86, 0x04, UInt8(path.utf8.count)] + Array(path.utf8)
      add(.clientToServer, at: isTimed ? 10 : nil, 1, 4, 1, block)
    }

    func timelines() throws -> [Timeline] {
      var recorder = Recorder()
      try run(&recorder)
      return recorder.done
    }

    func run<Output: DumpOutput>(_ output: inout Output) throws {
      var dump = Dump(try DumpContext.testing(), output)
      var offset: UInt64 = 0
      for frame in frames {
        dump.receive(
          CapturedBytes(
            direction: frame.direction, time: frame.time, offset: offset, bytes: frame.bytes))
        offset += UInt64(frame.bytes.count)
      }
      dump.finish()
      output = dump.output
    }
  }

  private struct Recorder: DumpOutput {
    var lines = OutputLines()
    var recorder = TimelineRecorder()
    var done: [Timeline] = []

    mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) { recorder.take(unit) }
    mutating func write(_ call: CallRecord) {
      if let call = recorder.finish(call) { done.append(call.timeline) }
    }
    mutating func note(_ text: String, offset: UInt64) {}
  }

  /// A call whose request waits for the stream's window from 12 to 30 ms.
  private func stalled() -> Script {
    var script = Script()
    script.open()
    script.add(.clientToServer, at: 12, 0, 0, 1, [UInt8](repeating: 0, count: 100))
    script.add(.serverToClient, at: 30, 8, 0, 1, [0, 0, 0, 50])
    script.add(.clientToServer, at: 31, 0, 1, 1, [UInt8](repeating: 0, count: 50))
    script.add(.serverToClient, at: 40, 1, 5, 1, [0x88])
    return script
  }

  @Test func tellsHowLongASenderWaitedForTheWindowOfAStream() throws {
    let timeline = try #require(try stalled().timelines().first)
    let window = Stall(
      reason: .streamWindow(.clientToServer), start: 12_000_000, end: 30_000_000)
    #expect(timeline.stalls.contains(window))
    #expect(timeline.stalls.contains(Stall(reason: .settings, start: 0, end: 5_000_000)))
    #expect(
      timeline.allStalls.contains(Stall(reason: .server, start: 31_000_000, end: 40_000_000)))
    #expect(timeline.latency == 30_000_000)
    #expect(timeline.client.firstData == 12_000_000 && timeline.client.lastData == 31_000_000)
    #expect(timeline.server.trailers == 40_000_000 && timeline.path == "/a.B/C")
  }

  @Test func tellsHowLongASenderWaitedForTheWindowOfTheConnection() throws {
    var script = Script()
    script.open()
    // The stream's window is made larger than the connection's, which is 65,535.
    script.add(.serverToClient, at: 11, 8, 0, 1, [0, 15, 0, 0])
    for time in 12...15 {
      let count = time == 15 ? 65_535 - 3 * 16_384 : 16_384
      script.add(.clientToServer, at: time, 0, 0, 1, [UInt8](repeating: 0, count: count))
    }
    script.add(.serverToClient, at: 50, 8, 0, 0, [0, 0, 16, 0])
    script.add(.clientToServer, at: 51, 0, 1, 1, [1])
    let timeline = try #require(try script.timelines().first)
    #expect(
      timeline.stalls.contains(
        Stall(reason: .connectionWindow(.clientToServer), start: 15_000_000, end: 50_000_000)))
  }

  @Test func tellsWhatACallThatWasResetStillWaitedFor() throws {
    var script = Script()
    script.open()
    script.add(.clientToServer, at: 12, 0, 0, 1, [UInt8](repeating: 0, count: 100))
    script.add(.clientToServer, at: 70, 3, 0, 1, [0, 0, 0, 8])
    let timeline = try #require(try script.timelines().first)
    #expect(timeline.outcome == "RST_STREAM" && timeline.reset == 70_000_000)
    #expect(
      timeline.stalls.contains(
        Stall(reason: .streamWindow(.clientToServer), start: 12_000_000, end: 70_000_000)))
  }

  @Test func knowsNoWindowsWhereTheBeginningIsMissing() throws {
    var script = stalled()
    script.frames.removeFirst(3)
    let timeline = try #require(try script.timelines().first)
    #expect(timeline.stalls.isEmpty)
  }

  @Test func aWindowThatOverflowsDoesNoHarm() {
    var window = FlowWindows.Window(size: 65_535)
    for _ in 0..<3 { window.change(by: Int.max, at: 1) }
    for _ in 0..<5 { window.change(by: -Int.max, at: 2) }
    #expect(window.emptySince == 2)
  }

  private func picture(_ form: WaterfallOutput.Form, _ script: Script) throws -> String {
    var output = WaterfallOutput(form)
    try script.run(&output)
    return output.lines.take()
  }

  @Test(arguments: [76, 100, 160])
  func textFitsItsColumns(columns: Int) throws {
    let text = try picture(.text(columns: columns), stalled())
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= columns })
    #expect(text.contains("18.000 ms the client's window of the stream was 0"))
    #expect(text.contains("5.000 ms waited for SETTINGS"))
    #expect(text.contains("9.000 ms waited for the server"))
    let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("0/1") })
    #expect(row.contains("ended") && row.contains("30.000") && row.contains("w"))
  }

  @Test func withoutTimesTheOrderOfFramesIsShown() throws {
    var script = Script()
    script.open(isTimed: false)
    script.add(.serverToClient, at: nil, 1, 5, 1, [0x88])
    let text = try picture(.text(columns: 100), script)
    #expect(text.contains("the capture has no times") && !text.contains("ms"))
  }

  @Test func aPictureIsXMLWhateverAPathHolds() throws {
    var script = Script()
    script.open(path: "/<script>&\"'\u{202E}\u{FFFE}]]>/x")
    script.add(.clientToServer, at: 12, 0, 1, 1, [0, 0, 0, 0, 0])
    let svg = try picture(.svg, script)
    #expect(!svg.contains("<script") && svg.contains("&lt;script&gt;&amp;"))
    let parser = XMLCheck()
    #expect(parser.isWellFormed(svg))
    #expect(parser.names.isSuperset(of: ["svg", "title", "rect", "text"]))
  }

  @Test(arguments: ["text", "svg"])
  func isAnOptionThatAFilterChooses(form: String) async throws {
    let capture = fixture("captures/grpcio.pcap").path
    let all = await wiredump(["--waterfall", form, capture])
    let none = await wiredump(["--waterfall", form, "--where", "status==NOT_FOUND", capture])
    #expect(all.exitCode == 0 && all.output.contains("6 calls"))
    #expect(all.output.contains("/demo.Echo/Say") && !all.output.contains("synthetic"))
    #expect(none.output.contains("0 calls") && !none.output.contains("Echo"))
  }

  @Test func ofManyCallsTheSlowestAreShown() throws {
    var output = WaterfallOutput(.text(columns: 100), rowLimit: 2)
    var script = Script()
    script.open()
    for stream in 1...20 {
      let id = UInt8(2 * stream + 1)
      script.add(.clientToServer, at: 100 * stream, 1, 5, id, [0x83, 0x86, 0x84])
      script.add(.serverToClient, at: 100 * stream + stream, 1, 5, id, [0x88])
    }
    try script.run(&output)
    let text = output.lines.take()
    #expect(text.contains("the slowest 2 of 21 calls"))
    #expect(text.contains("0/41 ") && !text.contains("0/3 "))
  }
}

/// Whether a text is XML, and which elements are in it.
private final class XMLCheck {
  var names: Set<String> = []

  /// Elements are closed in turn, and `&` and `<` stand only where they may.
  func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      guard isText(rest[..<start]), let end = rest[start...].firstIndex(of: ">") else {
        return false
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("?") { continue }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
        continue
      }
      let name = tag.prefix { $0 != " " && $0 != "/" }
      names.insert(String(name))
      if !tag.hasSuffix("/") { open.append(name) }
    }
    return open.isEmpty && isText(rest)
  }

  private func isText(_ text: Substring) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" } && !text.contains(">")
      && text.split(separator: "&", omittingEmptySubsequences: false).dropFirst().allSatisfy {
        part in ["amp;", "lt;", "gt;", "quot;", "#39;"].contains { part.hasPrefix($0) }
      }
  }
}
