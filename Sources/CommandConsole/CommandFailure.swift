package import ArgumentParsing
import GRPCCall
package import MomentoAuth

/// Why a command did not do what it was asked to.
package struct CommandFailure: Error {
  /// A name for programs, such as `PERMISSION_ERROR`.
  package var code: String
  /// The gRPC status, such as `PERMISSION_DENIED`, when a service answered or was called.
  package var grpcStatus: String?
  /// What went wrong.
  package var message: String
  /// What to do.
  package var hint: String
  package var exitCode: ExitCode
  /// How it reads on a terminal, where that is not message and hint.
  package var text: String?

  package init(
    _ code: String, _ message: String, hint: String = "", exitCode: ExitCode = .failure
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.exitCode = exitCode
  }

  /// A call or a credential failed.
  package init(_ error: MomentoError) {
    code = error.code.rawValue
    grpcStatus = error.grpcStatus?.name
    message = error.message
    hint = error.advice
    exitCode = ExitCode(error.code)
  }

  /// The command line is wrong.
  package init(_ error: UsageError) {
    self.init("USAGE_ERROR", error.message, hint: error.hint, exitCode: .usage)
    text = error.description
  }

  /// A file or a socket of this machine cannot be used.
  package static func system(_ message: String, hint: String = "") -> CommandFailure {
    CommandFailure("SYSTEM_ERROR", message, hint: hint)
  }

  /// What to write to standard error, without a newline at the end.
  package func description(asJSON: Bool) -> String {
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
