package import SecretStores

/// What a rotation does next.
package enum RotationStep: Sendable, Hashable {
  /// Prove that the store takes what is going to be written.
  case proveWritable
  /// Claim this generation.
  case claim(RotationIntent)
  /// Ask the service for a new key.
  case issue(RotationIntent)
  /// Keep the new key on this machine's disk.
  case spool(IssuedPair)
  /// Keep the new key beside the current one.
  case stage(IssuedPair, RotationIntent)
  /// Try whether the service knows a key.
  case probe(SecretDocument, Candidate)
  /// Make the staged key the current one.
  case promote(RotationIntent, isTested: Bool)
  /// Clear claim and staged key.
  case finish
  /// Forget a key that is kept on disk or in memory.
  case drop(OperationID)
  /// Write down that the service has refused.
  case markRefused(RotationIntent)
  /// Leave it to whoever holds the claim.
  case wait(RotationIntent)
  /// Leave it to the rotator that leads.
  case leave
  /// There is nothing to do until the key is due.
  case rest(until: UInt64?)
  /// Only a person can help.
  case stop(Refusal)

  /// Which key is tried.
  package enum Candidate: String, Sendable, Hashable {
    case new, current
  }
}

/// What became of a test of a key.
public enum ProbeVerdict: Sendable, Hashable {
  /// The service knows the key; it need not be allowed anything.
  case authenticates
  /// The service does not know the key.
  case refused
  /// Nothing was found out, for a reason in one word.
  case inconclusive(String)
}

/// Why a rotation stopped until a person has acted.
public struct Refusal: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of reason.
  public enum Why: String, Sendable, Hashable {
    /// The service refuses to renew the key.
    case refused
    /// The same, after a call whose answer was lost: a new key was probably made, and is lost.
    case refusedAfterUnknown
    /// The service refuses, and the key has expired.
    case expired
    /// The key cannot be renewed at all.
    case unrefreshable
    /// What the store keeps cannot be read.
    case unreadable
    /// The store or the client is set up wrongly.
    case misconfigured
  }

  /// The kind of reason.
  public var why: Why
  /// The error code behind it, where there is one.
  public var code: String?
  /// What is wrong, for people: one line, without secrets.
  public var message: String
  /// What to do about it: one line.
  public var advice: String

  /// Describes a reason.
  public init(_ why: Why, code: String? = nil, _ message: String, advice: String) {
    self.why = why
    self.code = code
    self.message = message
    self.advice = advice
  }

  /// All of it in one line.
  public var description: String {
    "\(message)\(code.map { " (\($0))" } ?? "") — \(advice)"
  }
}
