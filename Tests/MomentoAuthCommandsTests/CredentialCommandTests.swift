import FoundationEssentials
import MomentoAuth
import MomentoAuthCommands
import MomentoAuthService
import Testing

@Suite struct CredentialCommandTests {
  @Test("what one command prints as JSON, the next reads: from login to a refreshed key")
  func chain() async throws {
    try await withService { address, _ in
      let login = await momentoAuth("login --local \(address) --json")
      #expect(login.exitCode == 0)
      #expect(try login.json(Session.self).validForSeconds == 3600)

      let superUser = await momentoAuth(
        "generate-token --local \(address) --credentials-file - --scope super-user "
          + "--expires-in never --json", input: login.output)
      let superUserKey = try superUser.json(Issued.self)
      #expect(superUserKey.validUntil == 0)
      #expect(superUserKey.refreshToken == nil)

      let data = await momentoAuth(
        "generate-token --local \(address) --credentials-file - --scope all-data-read-write "
          + "--expires-in 30m --json", input: superUser.output)
      let key = try data.json(Issued.self)
      #expect(key.refreshToken != nil)
      #expect(key.endpoint == "localhost")
      #expect(try KeyBundle(parsing: key.apiKey).endpoint == "localhost")

      let refreshed = await momentoAuth(
        "refresh-token --local \(address) --credentials-file - --json", input: data.output)
      let newKey = try refreshed.json(Issued.self)
      #expect(newKey.apiKey != key.apiKey)
      #expect(newKey.refreshToken != key.refreshToken)
      #expect(newKey.validUntil >= key.validUntil)

      let token = await momentoAuth(
        "generate-disposable-token --local \(address) --credentials-file - "
          + "--permission topic:subscribe:chat:lobby --token-id ann --json",
        input: superUser.output)
      #expect(try token.json(Issued.self).refreshToken == nil)
      #expect(try token.json(Issued.self).validUntil > 0)
    }
  }

  @Test("over TLS, against an authority in a file")
  func tls() async throws {
    try await withDirectory { directory in
      try await withService(.ownAuthority) { address, service in
        let file = directory + "/ca.pem"
        let authority = try #require(service.certificateAuthority)
        try Data(authority.utf8).write(to: URL(filePath: file))
        let trusting = await momentoAuth(
          "login --local \(address) --tls --ca-file \(file) --json")
        #expect(trusting.exitCode == 0)
        let doubting = await momentoAuth("login --local \(address) --tls --json")
        #expect(doubting.exitCode == 6)
        #expect(try Failure(doubting).error.hint.contains("--ca-file"))
        let plain = await momentoAuth("login --local \(address) --json")
        #expect(plain.exitCode == 6)
        #expect(try Failure(plain).error.hint.contains("add --tls"))
      }
    }
  }

  @Test(
    "the environment gives a credential as well as a file does",
    arguments: ["MOMENTO_API_KEY", "MOMENTO_AUTH_TOKEN"])
  func environment(variable: String) async throws {
    try await withService { address, _ in
      let session = try await momentoAuth("login --local \(address) --json").json(Session.self)
      let key = await momentoAuth(
        "generate-token --local \(address) --scope super-user --expires-in 1h --json",
        environment: [variable: " \(session.sessionToken)\n"])
      let issued = try key.json(Issued.self)
      let refreshed = await momentoAuth(
        "refresh-token --local \(address) --json",
        environment: [
          variable: issued.apiKey, "MOMENTO_REFRESH_TOKEN": issued.refreshToken ?? "",
        ])
      #expect(refreshed.exitCode == 0)
    }
  }

  @Test("a key alone is read from a file too, white space and all")
  func bareKey() async throws {
    try await withService { address, _ in
      let session = try await momentoAuth("login --local \(address) --json").json(Session.self)
      let run = await momentoAuth(
        "generate-token --local \(address) --credentials-file - --scope super-user "
          + "--expires-in 1h", input: "\n \(session.sessionToken) \n")
      #expect(run.exitCode == 0)
    }
  }

  @Test("a key is renewed in place: whole, and readable by its owner alone")
  func inPlace() async throws {
    try await withDirectory { directory in
      try await withService { address, _ in
        let file = directory + "/key.json"
        let session = await momentoAuth("login --local \(address) --json")
        let made = await momentoAuth(
          "generate-token --local \(address) --credentials-file - --scope super-user "
            + "--expires-in 1h --output \(file)", input: session.output)
        #expect(made.output == "")
        #expect(made.errors == "Wrote \(file).\n")
        let before = try Data(contentsOf: URL(filePath: file))
        let run = await momentoAuth(
          "refresh-token --local \(address) --credentials-file \(file) --output \(file)")
        #expect(run.exitCode == 0)
        let after = try Data(contentsOf: URL(filePath: file))
        #expect(before != after)
        _ = try JSONDecoder().decode(Issued.self, from: after)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["key.json"])
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
      }
    }
  }

  @Test("where a file cannot be written, nothing is made")
  func badOutput() async throws {
    try await withService(configure: { $0.operationsPerSecond = 0 }) { address, _ in
      let run = await momentoAuth("login --local \(address) --output /nonexistent/x")
      #expect(run.exitCode == 1)
      #expect(
        run.errors == "Error: cannot write /nonexistent/x: No such file or directory\n")
    }
  }

  @Test("where its file is lost after all, a key that was made goes to standard output")
  func lostFile() async throws {
    try await withDirectory { directory in
      try await withService { address, _ in
        let gone = directory + "/gone"
        try FileManager.default.createDirectory(
          atPath: gone, withIntermediateDirectories: false)
        let run = await momentoAuth(
          arguments: ["login", "--local", address, "--output", gone + "/session.json"],
          // The time is asked for when the session token is there.
          whenAskedForTime: { try? FileManager.default.removeItem(atPath: gone) })
        #expect(run.exitCode == 1)
        #expect(try run.json(Session.self).sessionToken.hasPrefix("ey"))
        #expect(run.errors.contains("it stands on standard output instead"))
      }
    }
  }

  @Test("a device is never replaced by a file; a dash is standard output")
  func devices() async throws {
    try await withService { address, _ in
      let device = await momentoAuth("login --local \(address) --output /dev/null")
      #expect(device.exitCode == 1)
      #expect(device.errors == "Error: cannot write /dev/null: it is not a regular file\n")
      let dash = await momentoAuth("login --local \(address) --output -")
      let session = try dash.json(Session.self)
      #expect(session.validForSeconds == 3600)
    }
  }

  @Test("a link to a file is followed, and stays a link")
  func link() async throws {
    try await withDirectory { directory in
      try await withService { address, _ in
        let (file, link) = (directory + "/real.json", directory + "/link.json")
        try Data("old".utf8).write(to: URL(filePath: file))
        try FileManager.default.createSymbolicLink(
          atPath: link, withDestinationPath: "real.json")
        #expect(await momentoAuth("login --local \(address) --output \(link)").exitCode == 0)
        let destination = try FileManager.default.destinationOfSymbolicLink(atPath: link)
        #expect(destination == "real.json")
        let data = try Data(contentsOf: URL(filePath: file))
        _ = try JSONDecoder().decode(Session.self, from: data)
      }
    }
  }

  @Test("MOMENTO_ENDPOINT says where a login goes, and yields to what the command says")
  func endpointVariable() async throws {
    try await withService { address, _ in
      let spoilt = ["MOMENTO_ENDPOINT": "no endpoint at all"]
      let local = await momentoAuth("login --local \(address)", environment: spoilt)
      #expect(local.exitCode == 0)
      #expect(await momentoAuth("login", environment: spoilt).exitCode == 2)
    }
  }

  @Test("for people, the key stands on standard output and words about it on standard error")
  func people() async throws {
    try await withService { address, _ in
      let login = await momentoAuth("login --local \(address)")
      #expect(login.output.hasPrefix("Session token  ey"))
      #expect(login.output.contains("in 1 hour\n"))
      #expect(!login.output.contains("\u{1B}"))
      #expect(
        login.errors == "This is a local service: the login is approved without a browser.\n")
    }
  }

  @Test("emphasis is for terminals, unless the person wants none")
  func emphasis() async throws {
    try await withService { address, _ in
      let run = await momentoAuth("login --local \(address)", terminal: true)
      #expect(run.output.contains("\u{1B}[2m"))
      for variable in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
        let run = await momentoAuth(
          "login --local \(address)", environment: variable, terminal: true)
        #expect(!run.output.contains("\u{1B}"))
      }
    }
  }
}
