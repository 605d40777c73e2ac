import FoundationEssentials
import GRPCCall
import HTTPClient
import MomentoAuth
import SecretStores

/// What an AWS service says when it does not do what it was asked for.
struct AWSFailure: Sendable, Hashable {
  var status: Int
  /// The service's word for it, without namespace and URI: `ResourceNotFoundException`.
  var code: String
  /// What it says besides, as one line.
  var message: String
  /// The service's clock, in epoch seconds.
  var serverTime: UInt64?

  /// Reads an answer that is no success: JSON of Secrets Manager, or XML of whoever looks at
  /// signatures before it.
  init(_ response: HTTPResponse) {
    status = response.status
    serverTime = response.field("Date").flatMap(HTTPDate.epochSeconds)
    let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(response.body))
    let text = String(decoding: response.body, as: UTF8.self)
    let name =
      members?["__type"]?.string ?? response.field("x-amzn-ErrorType")
      ?? XMLText.first("Code", in: text)
    code = Self.bare(name ?? "")
    message =
      (members?["message"]?.string ?? members?["Message"]?.string
      ?? XMLText.first("Message", in: text) ?? "").singleLine
    message = String(message.withoutSuspectWords.prefix(300))
  }

  /// `ns#Name:uri` without what stands around the name.
  private static func bare(_ name: String) -> String {
    let name = name.prefix { $0 != ":" }
    let bare = name.split(separator: "#").last ?? name
    return String(bare.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(64))
  }

  /// Whether it is the signature that was not accepted, which a wrong clock brings about too.
  var concernsSignature: Bool {
    [
      "InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed",
      "RequestExpired", "RequestInTheFuture", "AuthFailure",
    ].contains(code)
  }

  /// Whether the credentials have ended before their time.
  var concernsExpiry: Bool {
    ["ExpiredTokenException", "ExpiredToken"].contains(code)
  }

  /// The failure in the words of a store.
  func error(at location: StoreLocation, operation: String) -> SecretStoreError {
    let (kind, advice) = kind(operation)
    let said = message.isEmpty ? "the service answered with status \(status)" : message
    return SecretStoreError(
      kind, at: location, operation: operation, said, advice: advice,
      code: code.isEmpty ? "\(status)" : code)
  }

  private func kind(_ operation: String) -> (SecretStoreError.Kind, advice: String) {
    switch code {
    case "ResourceNotFoundException":
      return (.notFound, "Check the secret's name and the region.")
    case "ResourceExistsException", "PreconditionNotMetException": return (.conflict, "")
    case "InvalidRequestException":
      return message.contains("deletion") || message.contains("marked deleted")
        ? (.notFound, "Restore the secret, or name another one.") : (.unsupported, "")
    case "InvalidParameterException":
      // What a label's move says when the label is not where it was taken to be.
      return operation == "UpdateSecretVersionStage" ? (.conflict, "") : (.misconfigured, "")
    case "AccessDeniedException", "AccessDenied":
      return (.denied, "Allow secretsmanager:\(operation) on this secret.")
    case "DecryptionFailure", "EncryptionFailure", "DecryptionFailureException":
      return (.denied, "Allow kms:Decrypt and kms:GenerateDataKey on the secret's KMS key.")
    case "ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded",
      "LimitExceededException":
      return (.throttled(retryAfter: nil), "")
    case "UnrecognizedClientException", "InvalidClientTokenId", "MissingAuthenticationToken",
      "MissingAuthenticationTokenException", "IncompleteSignature",
      "IncompleteSignatureException":
      return (.unauthenticated, "Check the AWS credentials.")
    default: break
    }
    if concernsExpiry || concernsSignature {
      return (.unauthenticated, "Check the AWS credentials.")
    }
    switch status {
    case 401, 403: return (.unauthenticated, "Check the AWS credentials.")
    case 429: return (.throttled(retryAfter: nil), "")
    case 500...: return (.unavailable, "")
    default: return (.unsupported, "")
    }
  }
}

/// The little XML that AWS's older protocol answers with.
enum XMLText {
  /// The text of the first element of a name; nil when there is none.
  static func first(_ name: String, in xml: String) -> String? {
    guard let start = xml.firstRange(of: "<\(name)>") else { return nil }
    let rest = xml[start.upperBound...]
    guard let end = rest.firstRange(of: "</\(name)>") else { return nil }
    var text = String(rest[..<end.lowerBound])
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
    ] {
      text = text.replacing(entity, with: character)
    }
    return text
  }
}

/// The `Date` field (RFC 9110 §5.6.7), in its one form that may still be written.
enum HTTPDate {
  /// `Tue, 24 Nov 2026 00:13:43 GMT` as epoch seconds.
  static func epochSeconds(_ text: String) -> UInt64? {
    let parts = text.split(separator: " ")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 6, let month = months.firstIndex(of: String(parts[2])) else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return UTCDateTime(parsing: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")?.epochSeconds
  }
}
