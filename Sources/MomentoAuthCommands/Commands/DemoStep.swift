import CommandConsole
import MomentoAuth

/// One call of the demonstration, done.
struct DemoStep {
  /// What a call gave: its name for people, and under `rawValue` for programs.
  enum Name: String {
    case sessionToken, apiKey, refreshToken, disposableToken

    var words: String {
      switch self {
      case .sessionToken: "session token"
      case .apiKey: "API key"
      case .refreshToken: "refresh token"
      case .disposableToken: "token"
      }
    }
  }

  /// Counted from 1.
  var number: Int
  /// What was done, in words.
  var title: String
  /// The method called.
  var method: String
  /// What came of it.
  var secrets: [(name: Name, secret: Secret)]
  var expiresAt: ExpiresAt
  /// How long it took, connecting included.
  var duration: Duration

  /// Two lines or three: what was done and how long it took; then what came of it.
  func text(_ style: Style) -> String {
    let time = TimeWords.milliseconds(duration).leftPadded(to: 10)
    var lines = ["  \(number)  \(style.bold(title.padded(to: 63)))\(style.dim(time))"]
    for (index, (name, secret)) in secrets.enumerated() {
      let end = index == 0 ? "  \(expiry)" : ""
      let shown = secret.prefix(10).padded(to: 12)
      lines.append(
        "     \(name.words.padded(to: 16))\(style.green(shown))"
          + style.dim("sha256 \(secret.fingerprint)") + end)
    }
    return lines.joined(separator: "\n")
  }

  private var expiry: String {
    expiresAt.doesExpire ? "until \(expiresAt)" : "never expires"
  }

  var json: JSONObject {
    var object = JSONObject()
    object.add("step", UInt64(number))
    object.add("title", title)
    object.add("method", method)
    let tenths = TimeWords.tenthsOfMilliseconds(duration)
    object.add("milliseconds", .number(Double(tenths) / 10))
    object.add("validUntil", expiresAt.epochSeconds)
    var made = JSONObject()
    for (name, secret) in secrets {
      var shown = JSONObject()
      shown.add("begins", secret.prefix(10))
      shown.add("sha256", secret.fingerprint)
      made.add(name.rawValue, shown)
    }
    object.add("made", made)
    return object
  }
}
