import FoundationEssentials
import MomentoAuthService
import Testing

/// A key that can be refreshed, imported into a file by the command.
func withRenewableKey(
  refreshTokens: AuthServiceConfiguration.RefreshTokens = .singleUse,
  _ body: (_ options: String, _ file: String) async throws -> Void
) async throws {
  try await withDirectory { directory in
    // Its keys are an hour old when they come: one that was just made is not renewed at once.
    let hourAgo = UInt64(Date().timeIntervalSince1970) - 3_600
    try await withService(configure: {
      $0.refreshTokens = refreshTokens
      $0.now = { hourAgo }
    }) { address, _ in
      let session = await momentoAuth("login --local \(address) --json")
      let key = await momentoAuth(
        "generate-token --local \(address) --credentials-file - --scope all-data-read-write "
          + "--expires-in 30d --json", input: session.output)
      let file = directory + "/key.json"
      let options = "--local \(address) --store file:\(file)"
      let imported = await momentoAuth("rotate import - \(options)", input: key.output)
      #expect(imported.exitCode == 0)
      #expect(imported.errors.contains("Wrote the key to file:\(file)."))
      try await body("\(options) --spool \(directory)/spool", file)
    }
  }
}

/// What a file holds.
func content(_ path: String) throws -> String {
  String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
}
