/// The status that ends a call: a code, words for a person, and details for a program.
public struct Status: Sendable, Equatable {
  /// What kind of end it is.
  public var code: StatusCode
  /// Words for whoever reads the error; empty when there are none. It travels to the peer in
  /// `grpc-message`, so nothing secret belongs in it.
  public var message: String
  /// The bytes of `grpc-status-details-bin`, by convention a `google.rpc.Status` message; empty
  /// when there are none.
  public var details: [UInt8]

  /// Makes a status.
  public init(_ code: StatusCode, _ message: String = "", details: [UInt8] = []) {
    self.code = code
    self.message = message
    self.details = details
  }

  /// Success, with nothing to say.
  public static let ok = Status(.ok)
}

extension Status: CustomStringConvertible {
  /// The code's name, and the message after it if there is one, in one line.
  public var description: String {
    message.isEmpty ? code.name : "\(code.name): \(message.singleLine)"
  }
}
