import GRPCTransport
import Testing

@Suite struct UsageTests {
  @Test(
    "an argument that cannot be meant is refused with what it may be",
    arguments: [
      ("call", "--target"),
      ("call --target localhost", "--target takes a host and a port"),
      ("call --target localhost:0", "--target takes a host and a port"),
      ("call --target localhost:1 --ca ca.pem", "--ca needs --tls"),
      ("call --target localhost:1 --via socket", "channel"),
      ("call --target localhost:1 --in-flight 0", "from 1 to 100000"),
      ("call --target localhost:1 --seconds soon", "--seconds takes a number of seconds"),
      ("call --target localhost:1 --seconds nan", "--seconds takes a number of seconds"),
      ("call --target localhost:1 --calls 0", "--calls takes a whole number"),
      ("call --target localhost:1 --loops 65", "from 1 to 64"),
      ("serve --listen 80", "--listen takes a numeric address"),
      ("serve --certificate a.pem", "need --tls"),
      ("serve --tls", "--tls needs --certificate"),
      ("idle --connections 16001", "from 1 to 16000"),
      ("compare --rounds 0", "from 1 to 1000"),
      ("compare --seconds 0", "--seconds takes 0.1"),
      ("measure", "Unknown subcommand"),
    ])
  func refusals(line: String, words: String) async {
    let run = await wirebench(line.split(separator: " ").map(String.init))
    #expect(run.exitCode == 64)
    #expect(run.output == "")
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  @Test("a port that is taken, and a file that is not there, are named")
  func failures() async throws {
    try await withServer(NoService()) { address in
      let taken = await wirebench(["serve", "--listen", "\(address)"])
      #expect(taken.exitCode == 1)
      #expect(taken.errors.contains("\(address)"))
    }
    let missing = await wirebench([
      "serve", "--tls", "--certificate", "/nowhere.pem", "--private-key", "/nowhere.pem",
    ])
    #expect(missing.exitCode == 1)
    #expect(missing.errors.contains("/nowhere.pem"))
    let peers = await wirebench(["compare", "--peers", "/nowhere"])
    #expect(peers.exitCode == 1)
    #expect(peers.errors.contains("--peers"))
  }
}

private struct NoService: GRPCService {
  func register(in router: inout Router) {}
}
