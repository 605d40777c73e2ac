import HTTPClient
import Locking
import MomentoAuth
import SecretStores
import Testing

@testable import AWSSecretStore

@Suite struct CredentialSearchTests {
  private static let keys = ["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"]
  private static let role = "arn:aws:iam::1:role/rotator"

  /// Everything at once: the first that is left decides.
  @Test func sourcesAreLookedAtInTheOrderOfTheOfficialTools() async throws {
    var surroundings = Surroundings(
      Self.keys.merging([
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": Self.role,
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x",
      ]) { $1 },
      files: [
        "/token": "jwt\n",
        "/home/me/.aws/credentials":
          "[default]\naws_access_key_id = SHARED\naws_secret_access_key = s\n",
        "/home/me/.aws/config": """
        [default]
        role_arn = \(Self.role)
        source_profile = default
        aws_access_key_id = CONFIG
        aws_secret_access_key = s
        """,
      ]
    ) { request, _ in
      if request.url.contains("sts.eu-west-1.amazonaws.com") {
        return .role(request.text.contains("WebIdentity") ? "WEB" : "ROLE")
      }
      if request.url.hasPrefix("http://169.254.170.2/") {
        return .credentials("CONTAINER", until: "2025-11-24T18:00:00Z")
      }
      if request.url.hasSuffix("/latest/api/token") { return .ok("session") }
      if request.url.hasSuffix("/security-credentials/") { return .ok("the-role") }
      return .credentials("INSTANCE", until: "2025-11-24T18:00:00Z")
    }
    func expect(_ id: String) async throws {
      #expect(try await surroundings.find().accessKeyID == id)
    }
    try await expect("ENV")
    surroundings.variables["AWS_ACCESS_KEY_ID"] = nil
    try await expect("ROLE")
    surroundings.files.withLock {
      $0["/home/me/.aws/config"] =
        "[default]\naws_access_key_id = CONFIG\naws_secret_access_key = s\n"
    }
    try await expect("WEB")
    surroundings.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = ""
    try await expect("SHARED")
    surroundings.files.withLock { $0["/home/me/.aws/credentials"] = nil }
    try await expect("CONFIG")
    surroundings.files.withLock { $0 = [:] }
    try await expect("CONTAINER")
    surroundings.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = nil
    try await expect("INSTANCE")
    surroundings.variables["AWS_EC2_METADATA_DISABLED"] = "true"
    let error = await #expect(throws: SecretStoreError.self) { try await surroundings.find() }
    #expect(error?.kind == .unauthenticated)
  }

  @Test func aProfileThatIsAskedForGoesBeforeTheEnvironment() async throws {
    let surroundings = Surroundings(
      Self.keys,
      files: [
        "/home/me/.aws/credentials": "[work]\naws_access_key_id=WORK\naws_secret_access_key=s"
      ], profile: "work")
    #expect(try await surroundings.find().accessKeyID == "WORK")
    let missing = Surroundings(Self.keys, profile: "nowhere")
    let error = await #expect(throws: SecretStoreError.self) { try await missing.find() }
    #expect(error?.kind == .misconfigured)
  }

  @Test func aRoleIsTakenOnWithTheKeysOfTheSourceProfile() async throws {
    let surroundings = Surroundings(
      ["AWS_PROFILE": "rotator"],
      files: [
        "/home/me/.aws/credentials": "[base]\naws_access_key_id=BASE\naws_secret_access_key=s",
        "/home/me/.aws/config": """
        # roles
        [profile rotator]
        role_arn = \(Self.role)
        source_profile = middle ; and on
        external_id = e/1
        [profile middle]
        role_arn = arn:aws:iam::1:role/middle
        source_profile = base
        """,
      ]
    ) { request, before in .role("ROLE\(before)") }
    let found = try await surroundings.find()
    #expect(found.accessKeyID == "ROLE1")
    #expect(found.secretAccessKey.reveal() == "s&s")
    #expect(found.expiration == 1_764_003_600)
    let sent = surroundings.http.sent
    #expect(sent.count == 2)
    #expect(sent.first?.field("Authorization")?.contains("Credential=BASE/") == true)
    #expect(sent.last?.field("Authorization")?.contains("Credential=ROLE0/") == true)
    #expect(sent.last?.field("X-Amz-Security-Token") == "t")
    #expect(
      sent.last?.text
        == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Frotator"
        + "&RoleSessionName=momento-auth&ExternalId=e%2F1")
  }

  @Test func profilesThatGoInACircleAreRefused() async throws {
    let surroundings = Surroundings(
      files: [
        "/home/me/.aws/config": """
        [default]
        role_arn = a
        source_profile = other
        [profile other]
        role_arn = b
        source_profile = default
        """
      ])
    let error = await #expect(throws: SecretStoreError.self) { try await surroundings.find() }
    #expect(error?.kind == .misconfigured)
  }

  @Test(arguments: ["sso_session = x", "sso_start_url = x", "credential_process = x"])
  func whatIsNotSupportedIsSaidByName(line: String) async throws {
    let surroundings = Surroundings(files: ["/home/me/.aws/config": "[default]\n\(line)"])
    let error = await #expect(throws: SecretStoreError.self) { try await surroundings.find() }
    #expect(error?.kind == .unsupported)
  }

  @Test func aWebIdentityIsShownUnsigned() async throws {
    let surroundings = Surroundings(
      [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": Self.role,
        "AWS_ROLE_SESSION_NAME": "pod",
      ], files: ["/token": "a.b.c\n"]
    ) { _, _ in .role("WEB") }
    #expect(try await surroundings.find().accessKeyID == "WEB")
    let sent = surroundings.http.sent.first
    #expect(sent?.field("Authorization") == nil)
    #expect(sent?.text.contains("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&") == true)
    #expect(sent?.text.hasSuffix("&RoleSessionName=pod&WebIdentityToken=a.b.c") == true)
  }

  @Test func aRefusalOfSTSIsNotTakenForAnother() async throws {
    let surroundings = Surroundings(
      ["AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": Self.role],
      files: ["/token": "jwt"]
    ) { _, _ in
      HTTPResponse(
        status: 403,
        body: Array(
          "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
            .utf8))
    }
    let error = await #expect(throws: SecretStoreError.self) { try await surroundings.find() }
    #expect(error?.kind == .denied)
    #expect(error?.advice.contains("sts:AssumeRole") == true)
  }

  @Test(arguments: [
    ("http://localhost/x", true), ("http://127.0.0.1:99/x", true), ("https://anywhere/x", true),
    ("http://169.254.170.23/x", true), ("http://[fd00:ec2::23]/x", true),
    ("http://[::1]:8/x", true),
    ("http://10.0.0.1/x", false), ("http://169.254.169.254/x", false), ("ftp://localhost/x", false),
    ("http://localhost.evil/x", false), ("http://127.0.0.1@evil/x", false),
    ("http://127.evil/x", false),
  ])
  func aContainersTokenGoesToKnownAddressesAlone(url: String, isAllowed: Bool) async throws {
    let surroundings = Surroundings([
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "hidden",
    ]) { _, _ in .credentials("CONTAINER", until: "2025-11-24T18:00:00Z") }
    if isAllowed {
      #expect(try await surroundings.find().accessKeyID == "CONTAINER")
      #expect(surroundings.http.sent.first?.field("Authorization") == "hidden")
      #expect(surroundings.http.sent.first?.usesProxy == false)
    } else {
      let error = await #expect(throws: SecretStoreError.self) { try await surroundings.find() }
      #expect(error?.kind == .misconfigured)
      #expect(surroundings.http.sent.isEmpty)
    }
  }

  @Test func aContainersTokenFileIsReadEveryTime() async throws {
    let surroundings = Surroundings(
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://pod/",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t",
      ], files: ["/t": "one"]
    ) { _, _ in .credentials("CONTAINER", until: "2025-11-24T18:00:00Z") }
    _ = try await surroundings.find()
    surroundings.files.withLock { $0["/t"] = "two\n" }
    _ = try await surroundings.find()
    #expect(surroundings.http.sent.map { $0.field("Authorization") } == ["one", "two"])
  }

  @Test func theMetadataServiceIsAskedInItsSecondVersion() async throws {
    let surroundings = Surroundings(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1/"]) {
      request, before in
      [
        HTTPResponse.ok("session"), .ok("the-role\n"),
        .credentials("INSTANCE", until: "2025-11-24T18:00:00Z"),
      ][before]
    }
    #expect(try await surroundings.find().accessKeyID == "INSTANCE")
    let sent = surroundings.http.sent
    let base = "http://127.0.0.1:1/latest/"
    #expect(
      sent.map(\.url) == [
        base + "api/token", base + "meta-data/iam/security-credentials/",
        base + "meta-data/iam/security-credentials/the-role",
      ])
    #expect(sent[0].method == .put)
    #expect(sent[0].field("X-aws-ec2-metadata-token-ttl-seconds") == "21600")
    #expect(sent[2].field("X-aws-ec2-metadata-token") == "session")
  }

  @Test func anInstanceWithoutServiceAsksThreeTimesAndGivesUp() async throws {
    let surroundings = Surroundings()
    let error = await #expect(throws: SecretStoreError.self) { try await surroundings.find() }
    #expect(error?.kind == .unauthenticated)
    #expect(surroundings.http.sent.count == 3)
  }
}
