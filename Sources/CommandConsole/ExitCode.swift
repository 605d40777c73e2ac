package import MomentoAuth

/// What the process tells its parent. Those above 63 are of sysexits.h, and mean the same there.
package enum ExitCode: Int32 {
  case success = 0
  case failure = 1
  case invalid = 2
  case unauthenticated = 3
  case denied = 4
  case limited = 5
  case unreachable = 6
  case usage = 64
  /// EX_NOINPUT: a file that was named cannot be read.
  case noInput = 66
  /// EX_TEMPFAIL: nothing is lost, and the same may succeed later.
  case retryable = 75
  /// EX_NOPERM: the service has refused; only a person can help.
  case refused = 77
  /// EX_CONFIG: what the command was told to use cannot be used.
  case configuration = 78

  package init(_ code: MomentoErrorCode) {
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
  package static let help = [
    "0   done",
    "1   failed in a way not listed here",
    "2   the request or the credential's form is not valid",
    "3   the credential is not accepted: unknown, expired or revoked",
    "4   the credential may not do this",
    "5   a limit is reached",
    "6   the service cannot be reached or is too slow: try again",
    "64  the command line is wrong",
    "75  a rotation could not be done now, and the key is still good: try again",
    "77  a rotation was refused by the service: a person has to act",
    "78  the store or the credential in it cannot be used as it is",
  ]
}
