import Foundation
import TestSupport
import Testing

@Suite struct DumpTests {
  private static let formats = ["text", "hex", "json"]

  /// Both directions of the recorded calls of other implementations.
  private static let streams = (try? streamFiles()) ?? []

  private static func streamFiles() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: fixture("calls"), includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "bin" }.sorted { $0.path < $1.path }
  }

  @Test(arguments: streams)
  func eachLineOfJSONIsAnObjectOfThisVersion(_ file: URL) async throws {
    let run = await wiredump(["dump", "--format", "json", file.path])
    for line in run.output.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["v"] as? Int == 1)
    }
  }

  @Test(arguments: formats)
  func aStreamThatIsCutAnywhereIsExplainedUpToThere(_ format: String) async throws {
    let bytes = [UInt8](try Data(contentsOf: fixture("calls/generate-api-token.client.bin")))
    for count in stride(from: 1, to: bytes.count, by: 11) {
      let run = await wiredump(
        ["dump", "--format", format, "--input", "http2", "--direction", "client", "-"],
        input: Array(bytes[..<count]))
      #expect(run.exitCode == 0)
      #expect(!run.output.isEmpty)
    }
  }

  @Test(arguments: formats)
  func aByteThatIsWrongEndsNothing(_ format: String) async throws {
    let bytes = [UInt8](try Data(contentsOf: fixture("calls/login.server.bin")))
    for index in stride(from: 0, to: bytes.count, by: 11) {
      var damaged = bytes
      damaged[index] ^= 0xff
      let run = await wiredump(
        ["dump", "--format", format, "--input", "http2", "--direction", "server", "--strict", "-"],
        input: damaged)
      #expect([0, 1].contains(run.exitCode))
    }
  }

  @Test(arguments: formats)
  func secretsAreTagsUnlessTheyAreAskedFor(_ format: String) async throws {
    let secrets = ["synthetic-session-secret", "synthetic-api-key-secret", "synthetic-refresh"]
    // GenerateApiTokenResponse by hand: api_key, refresh_token (fields 1 and 2), behind gRPC's prefix.
    var message: [UInt8] = []
    for (field, text) in zip([UInt8(10), 18], [secrets[1], secrets[2]]) {
      message += [field, UInt8(text.utf8.count)] + Array(text.utf8)
    }
    let framed: [UInt8] = [0, 0, 0, 0, UInt8(message.count)] + message
    let line = [
      "dump", "--format", format, "--input", "grpc", "--message-type",
      "auth._GenerateApiTokenResponse", "-",
    ]
    let hidden = await wiredump(line, input: framed)
    let shown = await wiredump(line + ["--reveal"], input: framed)
    for secret in secrets[1...] {
      let digits = secret.utf8.prefix(6).map { String($0, radix: 16) }.joined(separator: " ")
      #expect(!hidden.output.contains(secret) && !hidden.output.contains(digits))
      #expect(shown.output.contains(secret) || shown.output.contains(digits))
    }
    #expect(hidden.output.contains("redacted"))
  }

  @Test(arguments: ["grpcio.pcap", "grpcio-nano.pcap", "grpcio.pcapng"])
  func aCaptureShowsTheCallsOfItsConnections(_ name: String) async throws {
    let run = await wiredump([fixture("captures/\(name)").path])
    #expect(run.exitCode == 0)
    #expect(run.output.contains(":path: /"))
    #expect(run.output.contains("grpc-status"))
  }

  @Test func aKeyLogOpensTLS() async throws {
    let file = fixture("captures/tls13.pcap").path
    let keys = fixture("captures/tls13.keys").path
    #expect(await !wiredump([file]).output.contains("connection preface"))
    #expect(await wiredump(["--keylog", keys, file]).output.contains("connection preface"))
    let embedded = fixture("captures/tls13.pcapng").path
    #expect(await wiredump([embedded]).output.contains("connection preface"))
  }

  @Test func anInputThatIsNotThereIsNamed() async {
    let run = await wiredump(["/nowhere.bin"])
    #expect(run.exitCode == 66)
    #expect(run.errors.contains("/nowhere.bin"))
  }

  @Test func aCodeIsExplainedWithItsSection() async {
    let run = await wiredump(["explain", "0xb"])
    #expect(run.output.contains("ENHANCE_YOUR_CALM"))
    #expect(run.output.contains("RFC 9113"))
    #expect(run.output.contains("OUT_OF_RANGE"))
  }
}
