import GRPCCall

/// What a code means, in one line.
package struct Explanation: Sendable {
  private var kind: String
  private var name: String
  private var number: UInt64
  private var rule: String
  private var meaning: String

  package var line: String {
    let code = "0x\(Hex.short(number)), \(number)"
    return "\(kind) \(name) (\(code)): \(meaning.isEmpty ? "" : meaning + " ")[\(rule)]"
  }

  /// Everything that has a name or a number.
  package static func find(_ code: String) -> [Explanation] {
    let text = code.uppercased()
    let number = text.hasPrefix("0X") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    return all.filter { item in number.map { $0 == item.number } ?? (item.name == text) }
  }

  private static let all: [Explanation] =
    FrameType.allCases.map {
      Explanation(
        kind: "frame type", name: $0.name, number: UInt64($0.rawValue), rule: $0.section,
        meaning: $0.meaning)
    }
    + ErrorCode.allCases.map {
      Explanation(
        kind: "error code", name: $0.name, number: UInt64($0.rawValue), rule: "RFC 9113 §7",
        meaning: $0.meaning)
    }
    + SettingName.all.map {
      Explanation(
        kind: "setting", name: $0.name, number: UInt64($0.number), rule: $0.section, meaning: "")
    }
    + StatusCode.allCases.map {
      Explanation(
        kind: "gRPC status", name: $0.name, number: UInt64($0.rawValue),
        rule: "gRPC statuscodes.md", meaning: meaning($0))
    }

  private static func meaning(_ code: StatusCode) -> String {
    switch code {
    case .ok: "the call succeeded"
    case .cancelled: "the call was cancelled, usually by its caller"
    case .unknown: "an error of a kind that nobody named"
    case .invalidArgument: "the request is wrong whatever the state of the system"
    case .deadlineExceeded: "the deadline passed; the call may have succeeded on the server"
    case .notFound: "what the request names does not exist"
    case .alreadyExists: "what the request would create exists already"
    case .permissionDenied: "the caller is known and may not do this"
    case .resourceExhausted: "a quota, a limit of size or another resource is used up"
    case .failedPrecondition: "the system is not in the state that the request needs"
    case .aborted: "a conflict with another operation stopped this one"
    case .outOfRange: "the request reaches beyond a valid range"
    case .unimplemented: "the server does not know the method"
    case .internalError: "a fault of one of the implementations"
    case .unavailable: "the service cannot serve now; trying again may help"
    case .dataLoss: "data was lost or corrupted for good"
    case .unauthenticated: "the request carries no valid credentials"
    }
  }
}
