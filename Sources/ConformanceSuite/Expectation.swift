import GRPCCall

/// What has to come of a request.
struct Expectation: Decodable, Sendable {
  /// Endings other than an answer of gRPC that are right as well.
  enum Ending: String, Decodable, Sendable {
    /// RST_STREAM from the server.
    case reset
    /// The server ends the connection.
    case close
    /// An HTTP status other than 200.
    case http
  }

  /// Names of gRPC statuses, any of which is right; none where only other endings are.
  var status: [String]
  /// HTTP statuses other than 200 that are right; any of them where `or` has `http`.
  var http: [Int]?
  var or: [Ending]?
  /// The least and the most messages of an answer that is OK; else there may be none.
  var messages: [Int]?
  /// Whether the answer has to be one header block alone.
  var trailersOnly: Bool?
  /// What the last message has to hold.
  var fields: [FieldRule]?
  /// Numbers of the fields of which each message has exactly one.
  var oneof: [UInt32]?

  enum CodingKeys: String, CodingKey {
    case status, http, or, messages, fields, oneof
    case trailersOnly = "trailers_only"
  }
}

/// What one field of a message has to be.
struct FieldRule: Decodable, Sendable {
  enum Kind: String, Decodable, Sendable { case string, number, message }

  /// Seconds from now, and how far from there the number may be.
  struct Near: Decodable, Sendable {
    var now: Int64
    var within: Int64
  }

  /// Field numbers from the outermost message on.
  var field: [UInt32]
  /// For messages.
  var name: String
  var type: Kind
  /// It has to be missing or have its default.
  var absent: Bool?
  /// Of a number: bounds, both included.
  var min: UInt64?
  var max: UInt64?
  /// Of a number: a time in seconds since 1970.
  var near: Near?
  /// Names of values from which it has to differ.
  var differs: [String]?
  /// It may be missing.
  var optional: Bool?
}
