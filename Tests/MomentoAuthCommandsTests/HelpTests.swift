import FoundationEssentials
import MomentoAuthCommands
import Testing

@Suite struct HelpTests {
  /// The texts that users see, in files. After a change that is meant, set REGENERATE_GOLDENS to
  /// write them anew, and read what changed.
  @Test(
    "the help of every command is as it was agreed on",
    arguments: [
      "momento-auth", "demo", "serve", "login", "generate-token", "refresh-token",
      "generate-disposable-token", "inspect", "check", "conformance", "rotate", "rotate once",
      "rotate run", "rotate plan", "rotate status", "rotate import", "rotate lambda", "rotate http",
    ])
  func help(command: String) async throws {
    let run = await momentoAuth(command == "momento-auth" ? "help" : "help \(command)")
    #expect(run.exitCode == 0)
    #expect(run.errors == "")
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(
        path: "Fixtures/help/\(command.replacing(" ", with: "-")).txt")
    if ProcessInfo.processInfo.environment["REGENERATE_GOLDENS"] != nil {
      try Data(run.output.utf8).write(to: file)
    }
    #expect(run.output == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  @Test("a command alone shows the help; --version the version")
  func noArguments() async {
    let bare = await momentoAuth("")
    let help = await momentoAuth("--help")
    #expect(bare.output == help.output)
    #expect(await momentoAuth("--version").output == "momento-auth 0.1.0\n")
  }

  @Test("examples in the help are lines that the commands understand")
  func examples() async throws {
    for command in ["login", "generate-token", "generate-disposable-token", "refresh-token"] {
      let help = await momentoAuth("help \(command)").output.replacing("\\\n", with: " ")
      let lines = help.split(separator: "\n").filter { $0.hasPrefix("  momento-auth \(command) ") }
      #expect(!lines.isEmpty)
      for line in lines {
        var words = line.split(separator: " ").dropFirst().map(String.init)
        if let index = words.firstIndex(of: "--local") { words[index + 1] = "127.0.0.1:1" }
        if let index = words.firstIndex(of: "--credentials-file") { words[index + 1] = "-" }
        words.removeAll { $0 == "--output" || $0.hasSuffix(".json") }
        // It goes as far as the credential that is not there, and never to a usage error.
        let run = await momentoAuth(arguments: words)
        #expect([2, 6].contains(run.exitCode), "\(line): \(run.errors)")
      }
    }
  }
}
