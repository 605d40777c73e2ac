import ArgumentParsing
import GRPCCall
import MomentoAuth

/// Why a command did not do what it was asked to.
struct CommandFailure: Error {
  /// A name for programs, such as `PERMISSION_ERROR`.
  var code: String
  /// The gRPC status, such as `PERMISSION_DENIED`, when a service answered or was called.
  var grpcStatus: String?
  /// What went wrong.
  var message: String
  /// What to do.
  var hint: String
  var exitCode: ExitCode
  /// How it reads on a terminal, where that is not message and hint.
  var text: String?

  init(
    _ code: String, _ message: String, hint: String = "", exitCode: ExitCode = .failure
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.exitCode = exitCode
  }

  /// A call or a credential failed.
  init(_ error: MomentoError) {
    code = error.code.rawValue
    grpcStatus = error.grpcStatus?.name
    message = error.message
    hint = error.advice
    exitCode = ExitCode(error.code)
  }

  /// The command line is wrong.
  init(_ error: UsageError) {
    self.init("USAGE_ERROR", error.message, hint: error.hint, exitCode: .usage)
    text = error.description
  }

  /// A file or a socket of this machine cannot be used.
  static func system(_ message: String, hint: String = "") -> CommandFailure {
    CommandFailure("SYSTEM_ERROR", message, hint: hint)
  }

  /// What to write to standard error, without a newline at the end.
  func description(asJSON: Bool) -> String {
    guard asJSON else {
      return text ?? ("Error: \(message)" + (hint.isEmpty ? "" : "\n  \(hint)"))
    }
    var error = JSONObject()
    error.add("code", code)
    error.add("grpcStatus", grpcStatus.map { .string($0) } ?? .null)
    error.add("message", message)
    error.add("hint", hint)
    var object = JSONObject()
    object.add("error", error)
    return object.description
  }
}

/// What the process tells its parent. None of these collides with sysexits.h, but for the one that
/// means the same there.
enum ExitCode: Int32 {
  case success = 0
  case failure = 1
  case invalid = 2
  case unauthenticated = 3
  case denied = 4
  case limited = 5
  case unreachable = 6
  case usage = 64

  init(_ code: MomentoErrorCode) {
    switch code {
    case .invalidArgument, .badRequest, .failedPrecondition: self = .invalid
    case .authentication: self = .unauthenticated
    case .permission: self = .denied
    case .limitExceeded, .clientResourceExhausted: self = .limited
    case .serverUnavailable, .timeout: self = .unreachable
    default: self = .failure
    }
  }

  /// The table for the help.
  static let help = [
    "0   done",
    "1   failed in a way not listed here",
    "2   the request or the credential's form is not valid",
    "3   the credential is not accepted: unknown, expired or revoked",
    "4   the credential may not do this",
    "5   a limit is reached",
    "6   the service cannot be reached or is too slow: try again",
    "64  the command line is wrong",
  ]
}
