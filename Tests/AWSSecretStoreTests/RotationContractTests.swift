import Locking
import MomentoAuth
import RotationFakes
import SecretStores
import Testing

@testable import AWSSecretStore

/// The steps of the contract, and what rotation functions for this secret have been known to get
/// wrong.
@Suite struct RotationContractTests {
  /// Issues `new 1`, `new 2` and so on.
  private final class Keys: RotationKeys {
    private let count = Locked(0)
    let verdicts: [String: KeyVerdict]

    init(_ verdicts: [String: KeyVerdict] = [:]) { self.verdicts = verdicts }

    var issued: Int { count.withLock { $0 } }

    func issue(
      replacing document: SecretDocument, operation: OperationID
    ) async throws -> SecretDocument {
      let number = count.withLock { count in
        count += 1
        return count
      }
      return document.replacingKey(
        with: CredentialsFile(
          apiKey: Secret("new \(number)"), refreshToken: Secret("r2"),
          validUntil: ExpiresAt(epochSeconds: 1_764_600_000)),
        at: 1_764_000_000, operation: operation)
    }

    func probe(_ document: SecretDocument) async throws -> KeyVerdict {
      verdicts[document.credentials.apiKey.reveal()] ?? .authenticates
    }
  }

  private static let token = "44444444-4444-4444-8444-444444444444"

  /// A secret as it is when Secrets Manager calls: the new version is there without content.
  private func fixture(
    _ content: String = #"{"apiKey":"old","refreshToken":"r1"}"#
  ) throws -> StoreFixture {
    let fixture = try StoreFixture(content)
    fixture.fake.secret?.isRotationEnabled = true
    fixture.fake.secret?.versions[Self.token] = .some(nil)
    fixture.fake.secret?.labels["AWSPENDING"] = Self.token
    return fixture
  }

  private func event(_ step: String, rotationToken: String? = nil) throws -> RotationEvent {
    let extra = rotationToken.map { #","RotationToken":"\#($0)""# } ?? ""
    let json = #"""
      {"Step":"\#(step)","SecretId":"\#(SecretsManagerFake.arn)","ClientRequestToken":"\#(Self.token)"\#(extra)}
      """#
    return try #require(RotationEvent(parsing: Array(json.utf8)))
  }

  private func expect(
    _ error: RotationContractError, _ body: () async throws -> Void,
    location: SourceLocation = #_sourceLocation
  ) async {
    await #expect(throws: error, sourceLocation: location) { try await body() }
  }

  @Test(
    arguments: [
      ["createSecret", "setSecret", "testSecret", "finishSecret"],
      ["create_secret", "set_secret", "test_secret", "finish_secret"],
    ], [true, false])
  func fourStepsReplaceTheKeyAndEachMayBeRepeated(
    steps: [String], leavesLabel: Bool
  ) async throws {
    let fixture = try fixture()
    fixture.fake.secret?.leavesPendingLabel = leavesLabel
    let keys = Keys()
    let contract = RotationContract(store: fixture.store, keys: keys)
    for step in steps {
      #expect(fixture.currentKey == "old")
      let event = try event(step)
      let first = try await contract.perform(event)
      #expect(first == (event.step == .setSecret ? .alreadyDone : .done))
      _ = try await contract.perform(event)
    }
    #expect(keys.issued == 1)
    #expect(fixture.currentKey == "new 1")
    #expect(
      fixture.fake.secret?.labels
        == ["AWSCURRENT": Self.token, "AWSPREVIOUS": StoreFixture.first])
  }

  @Test func nothingIsDoneToASecretThatIsNotBeingRotated() async throws {
    let fixture = try fixture()
    let keys = Keys()
    let contract = RotationContract(store: fixture.store, keys: keys)
    fixture.fake.secret?.isRotationEnabled = false
    await expect(.rotationNotEnabled) { _ = try await contract.perform(event("createSecret")) }
    fixture.fake.secret?.isRotationEnabled = true
    fixture.fake.secret?.labels["AWSPENDING"] = nil
    await expect(.unknownVersion) { _ = try await contract.perform(event("createSecret")) }
    fixture.fake.secret?.labels["OTHER"] = Self.token
    await expect(.notPending) { _ = try await contract.perform(event("createSecret")) }
    #expect(keys.issued == 0)
    #expect(fixture.fake.writes == [])
  }

  @Test(arguments: ["PutSecretValue", "UpdateSecretVersionStage"])
  func aMissingRightIsFoundOutBeforeThereIsANewKey(action: String) async throws {
    let fixture = try fixture()
    fixture.fake.deny(action)
    let keys = Keys()
    let contract = RotationContract(store: fixture.store, keys: keys)
    let error = await #expect(throws: SecretStoreError.self) {
      _ = try await contract.perform(event("createSecret"))
    }
    #expect(error?.kind == .denied)
    #expect(keys.issued == 0)
  }

  @Test func theRotationTokenIsHandedBack() async throws {
    let fixture = try fixture()
    let contract = RotationContract(store: fixture.store, keys: Keys())
    let rotationToken = String(repeating: "t", count: 40)
    _ = try await contract.perform(event("createSecret", rotationToken: rotationToken))
    let put = fixture.fake.calls.last { $0.action == "PutSecretValue" }
    #expect(put?.members["RotationToken"] == .string(rotationToken))
    #expect(put?.members["VersionStages"] == .array([.string("AWSPENDING")]))
  }

  @Test func aNewKeyThatIsRefusedIsNotSavedByTheOldOne() async throws {
    let fixture = try fixture()
    let contract = RotationContract(store: fixture.store, keys: Keys(["new 1": .refused]))
    _ = try await contract.perform(event("createSecret"))
    await expect(.keyRefused) { _ = try await contract.perform(event("testSecret")) }
    let other = RotationContract(store: fixture.store, keys: Keys(["new 1": .inconclusive]))
    await expect(.keyInconclusive) { _ = try await other.perform(event("testSecret")) }
    #expect(fixture.currentKey == "old")
  }

  @Test func aRotationThatIsPutOffTestsTheFunctionWithTheOldKey() async throws {
    let fixture = try fixture()
    let keys = Keys()
    let contract = RotationContract(store: fixture.store, keys: keys)
    #expect(try await contract.perform(event("testSecret")) == .done)
    let broken = RotationContract(store: fixture.store, keys: Keys(["old": .refused]))
    await expect(.keyRefused) { _ = try await broken.perform(event("testSecret")) }
    #expect(keys.issued == 0)
    #expect(fixture.fake.secret?.labels["MOMENTO_DRAFT"] == nil)
  }

  @Test func nothingWithoutContentBecomesTheCurrentKey() async throws {
    let fixture = try fixture()
    let contract = RotationContract(store: fixture.store, keys: Keys())
    await expect(.noPendingKey) { _ = try await contract.perform(event("finishSecret")) }
    #expect(fixture.currentKey == "old")
    #expect(fixture.fake.writes == [])
  }

  @Test func aNewKeyThatCannotBeKeptAtOnceIsNotLost() async throws {
    let fixture = try fixture()
    let keys = Keys()
    let contract = RotationContract(store: fixture.store, keys: keys)
    // The first put proves the right to write; those after it are of the new key.
    fixture.fake.fail(
      "PutSecretValue", with: .none, .answer(status: 500, body: "{}"), .lostRequest, .lostAnswer)
    #expect(try await contract.perform(event("createSecret")) == .done)
    _ = try await contract.perform(event("finishSecret"))
    #expect(keys.issued == 1)
    #expect(fixture.currentKey == "new 1")
  }

  @Test func aPutThatIsRefusedIsAFailureOfTheStep() async throws {
    let fixture = try fixture()
    let contract = RotationContract(store: fixture.store, keys: Keys())
    fixture.fake.fail(
      "PutSecretValue", with: .none,
      .answer(status: 400, body: #"{"__type":"LimitExceededException"}"#),
      .answer(status: 400, body: #"{"__type":"EncryptionFailure"}"#))
    let error = await #expect(throws: SecretStoreError.self) {
      _ = try await contract.perform(event("createSecret"))
    }
    #expect(error?.code == "EncryptionFailure")
    #expect(fixture.currentKey == "old")
  }

  @Test func anAnswerThatIsLostAtTheEndIsFoundOut() async throws {
    let fixture = try fixture()
    let contract = RotationContract(store: fixture.store, keys: Keys())
    _ = try await contract.perform(event("createSecret"))
    fixture.fake.fail("UpdateSecretVersionStage", with: .lostAnswer)
    #expect(try await contract.perform(event("finishSecret")) == .done)
    #expect(fixture.currentKey == "new 1")
  }

  @Test(arguments: ["apiKey", "authToken"])
  func theKeyIsReadAndRenewedUnderEitherName(name: String) async throws {
    let fixture = try fixture(#"{"\#(name)":"old","refreshToken":"r1","validUntil":"1764000000"}"#)
    let contract = RotationContract(store: fixture.store, keys: Keys())
    _ = try await contract.perform(event("createSecret"))
    let content = try #require(fixture.fake.secret?.versions[Self.token] ?? nil)
    #expect(content.contains(#""\#(name)":"new 1""#))
    #expect(content.contains(#""validUntil":1764600000"#))
  }

  @Test(arguments: [
    #"{"SecretId":"a","ClientRequestToken":"44444444-4444-4444-8444-444444444444"}"#,
    #"{"momento_auth_token_secret_name":"a"}"#, #"{"Step":"finishSecret","SecretId":"a"}"#,
    #"{"Step":"dropSecret","SecretId":"a","ClientRequestToken":"44444444-4444-4444-8444-444444444444"}"#,
    #"{"Step":"finishSecret","SecretId":"a","ClientRequestToken":"short"}"#, "[]", "",
  ])
  func anEventThatIsNotWholeIsNoStep(json: String) {
    #expect(RotationEvent(parsing: Array(json.utf8)) == nil)
  }

  @Test func anEventIsNotPrintedWithItsToken() throws {
    #expect(!"\(try event("createSecret", rotationToken: "hidden-token"))".contains("hidden-token"))
  }
}
