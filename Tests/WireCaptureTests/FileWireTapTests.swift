import FoundationEssentials
import GRPCTransport
import Testing
import WireCapture
import WireCaptureModel

@Suite struct FileWireTapTests {
  private let path = FileManager.default.temporaryDirectory
    .appending(path: "tap-\(UInt64.random(in: 0 ... .max)).pcap").path

  @Test("What a tap sees is what the reader of its file sees", arguments: [true, false])
  func roundTrip(isClient: Bool) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tap = try FileWireTap(path: path, role: isClient ? .client : .server)
    let long = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    unsafe tap.observed(Array("one".utf8).span.bytes, .sent, connection: 7)
    unsafe tap.observed(long.span.bytes, .received, connection: 7)
    unsafe tap.observed(Array("two".utf8).span.bytes, .sent, connection: 40_000)
    unsafe tap.observed(Array(" more".utf8).span.bytes, .sent, connection: 7)
    tap.flush()
    let found = Collector.read(try read())
    let (sent, received): (CaptureDirection, CaptureDirection) =
      isClient ? (.clientToServer, .serverToClient) : (.serverToClient, .clientToServer)
    #expect(found.streams[0]?[sent] == Array("one more".utf8))
    #expect(found.streams[0]?[received] == long)
    #expect(found.streams[1]?[sent] == Array("two".utf8))
    #expect(found.gaps == 0)
    #expect(tap.failure == nil)
  }

  @Test("The file is its owner's alone, even if it was there before")
  func mode() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data([1, 2, 3])))
    let tap = try FileWireTap(path: path, role: .client)
    tap.flush()
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    let mode = try #require(attributes[.posixPermissions] as? Int)
    #expect(mode == 0o600)
    #expect(try read().count == 24)
  }

  @Test("What is more than the file may hold is a gap, and is told")
  func limit() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tap = try FileWireTap(path: path, role: .client, maxFileSize: 600)
    unsafe tap.observed(Array("first".utf8).span.bytes, .sent, connection: 1)
    unsafe tap.observed([UInt8](repeating: 1, count: 5000).span.bytes, .sent, connection: 1)
    unsafe tap.observed(Array("third".utf8).span.bytes, .sent, connection: 1)
    tap.flush()
    let found = Collector.read(try read())
    #expect(found.runs.map(\.bytes) == [Array("first".utf8), Array("third".utf8)])
    #expect(found.runs.map(\.gapBefore) == [nil, 5000])
    #expect(tap.failure != nil)
  }

  @Test("A file that cannot be made is an error that names it")
  func refusal() {
    #expect(throws: FileWireTapError.self) {
      try FileWireTap(path: "/nonexistent/tap.pcap", role: .client)
    }
  }

  private func read() throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
  }
}
