import MomentoAuth
import SecretStores

/// What a courier is to do, as ``SecretStores/ChecksummedJSON``: a rotator that is killed while it
/// writes leaves nothing that a courier would act on.
struct CourierRequest: Sendable, Hashable {
  /// The spool directory.
  var directory: String
  var identity: String
  var intent: RotationIntent
  /// The key that is to be replaced.
  var document: SecretDocument
  /// For the call, in milliseconds.
  var deadline: Int64
  /// Whether a call may have been made before under this claim.
  var isResumed: Bool

  init(
    directory: String, identity: String, intent: RotationIntent, document: SecretDocument,
    deadline: Duration, isResumed: Bool
  ) {
    self.directory = directory
    self.identity = identity
    self.intent = intent
    self.document = document
    self.deadline = Int64(clamping: Int(deadline.inSeconds * 1_000))
    self.isResumed = isResumed
  }

  init?(parsing bytes: [UInt8]) {
    guard let members = ChecksummedJSON.decode(bytes),
      let directory = members["directory"]?.string, let identity = members["identity"]?.string,
      let intent = members["intent"].flatMap(RotationIntent.init(json:)),
      let document = members["document"].flatMap(SecretDocument.init(embedded:)),
      case .integer(let deadline)? = members["deadline"],
      case .bool(let isResumed)? = members["isResumed"]
    else { return nil }
    self.directory = directory
    self.identity = identity
    self.intent = intent
    self.document = document
    self.deadline = deadline
    self.isResumed = isResumed
  }

  func encodedRevealingSecrets() -> [UInt8] {
    ChecksummedJSON.encode([
      "directory": .string(directory), "identity": .string(identity), "intent": intent.json,
      "document": document.json, "deadline": .integer(deadline), "isResumed": .bool(isResumed),
    ])
  }

  /// Asks the service, and keeps what it answers.
  func answer(with strategy: any RotationStrategy) async -> CourierAnswer {
    // Without a place for the key, the one call that there may be is not made.
    guard let spool = try? Spool(directory: directory) else {
      return .failed(
        IssueError(
          .retryable, code: "SPOOL", "the spool directory cannot be used", mayHaveHappened: false))
    }
    do {
      let key = try await strategy.key(
        replacing: document, intent, deadline: .milliseconds(deadline), isResumed: isResumed)
      let pair = IssuedPair(key, replacing: document, intent, at: SystemClock().now())
      do {
        try spool.write(pair, identity: identity)
        return .spooled
      } catch {
        return .unspoolable(pair.document)
      }
    } catch {
      return .failed(error)
    }
  }
}

/// What has become of it.
enum CourierAnswer: Sendable, Hashable {
  /// The new key is in the spool.
  case spooled
  /// The disk did not take the new key, and here it is.
  case unspoolable(SecretDocument)
  case failed(IssueError)

  init?(parsing bytes: [UInt8]) {
    guard let members = ChecksummedJSON.decode(bytes) else { return nil }
    switch members["result"]?.string {
    case "spooled": self = .spooled
    case "unspoolable":
      guard let document = members["document"].flatMap(SecretDocument.init(embedded:)) else {
        return nil
      }
      self = .unspoolable(document)
    case "failed":
      guard let kind = members["kind"]?.string.flatMap(IssueError.Kind.init(rawValue:)),
        let code = members["code"]?.string, let message = members["message"]?.string,
        case .bool(let mayHaveHappened)? = members["mayHaveHappened"]
      else { return nil }
      self = .failed(IssueError(kind, code: code, message, mayHaveHappened: mayHaveHappened))
    default: return nil
    }
  }

  func encodedRevealingSecrets() -> [UInt8] {
    switch self {
    case .spooled: ChecksummedJSON.encode(["result": .string("spooled")])
    case .unspoolable(let document):
      ChecksummedJSON.encode(["result": .string("unspoolable"), "document": document.json])
    case .failed(let error):
      ChecksummedJSON.encode([
        "result": .string("failed"), "kind": .string(error.kind.rawValue),
        "code": .string(error.code), "message": .string(error.message),
        "mayHaveHappened": .bool(error.mayHaveHappened),
      ])
    }
  }
}

extension SecretDocument {
  /// Reads what ``json`` says of a document; nil for what is none.
  init?(embedded json: JSONValue) {
    guard let document = try? SecretDocument(parsing: Array(json.description.utf8)) else {
      return nil
    }
    self = document
  }
}
