import MomentoAuth

/// Figures for CloudWatch in its embedded metric format: a line of JSON on standard output, out of
/// which CloudWatch makes metrics without a call. The names are those that alarms may know already.
struct EmbeddedMetrics: Sendable {
  /// A figure.
  enum Figure: Sendable, Hashable {
    case failedToTest
    case failedToRefresh
    case noValidTokens
    case rotated
    case secondsToExpiry(Int64)

    var name: String {
      switch self {
      case .failedToTest: "failed_to_test_api_token"
      case .failedToRefresh: "failed_to_refresh_api_token"
      case .noValidTokens: "no_valid_tokens"
      case .rotated: "rotated"
      case .secondsToExpiry: "seconds_to_expiry"
      }
    }

    fileprivate var unit: String {
      if case .secondsToExpiry = self { "Seconds" } else { "Count" }
    }

    fileprivate var value: Int64 {
      if case .secondsToExpiry(let seconds) = self { seconds } else { 1 }
    }
  }

  static let namespace = "Momento/AuthTokenRefreshLambda"
  /// Milliseconds since 1970.
  let now: @Sendable () -> UInt64
  let print: @Sendable (String) -> Void

  /// Prints figures of one secret, by the secret alone and by secret and stage.
  func put(_ figures: [Figure], secret: String, stage: String) {
    guard !figures.isEmpty else { return }
    let dimensions: [JSONValue] = [
      .array([.string("SecretId"), .string("Stage")]), .array([.string("SecretId")]),
    ]
    let directive: [String: JSONValue] = [
      "Namespace": .string(Self.namespace), "Dimensions": .array(dimensions),
      "Metrics": .array(
        figures.map {
          .object(["Name": .string($0.name), "Unit": .string($0.unit)])
        }),
    ]
    var members: [String: JSONValue] = [
      "_aws": .object([
        "Timestamp": .integer(Int64(clamping: now())),
        "CloudWatchMetrics": .array([.object(directive)]),
      ]),
      "SecretId": .string(secret), "Stage": .string(stage),
    ]
    for figure in figures { members[figure.name] = .integer(figure.value) }
    print(JSONValue.object(members).description)
  }

  /// How long a key has yet to live; nothing where it lives for ever, or nothing tells.
  func secondsToExpiry(_ validUntil: ExpiresAt?) -> [Figure] {
    guard let end = validUntil?.epochSeconds else { return [] }
    let now = Int64(clamping: now() / 1_000)
    return [.secondsToExpiry(Int64(clamping: end).subtractingReportingOverflow(now).partialValue)]
  }
}
