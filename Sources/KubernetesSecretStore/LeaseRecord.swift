internal import FoundationEssentials
internal import MomentoAuth
internal import SecretStoreHTTP

/// The `spec` of a Lease (coordination.k8s.io/v1).
struct LeaseRecord: Sendable, Hashable {
  /// Empty for a lease that was given back.
  var holder: String
  /// How long others wait for the holder, in seconds.
  var life: Int64
  /// RFC 3339 with microseconds, of the holder's clock. Others compare it and never read it.
  var acquired: String
  var renewed: String
  /// How often the holder has changed.
  var transitions: Int64

  init(holder: String, life: Int64, at time: String, transitions: Int64) {
    self.holder = holder
    self.life = life
    acquired = time
    renewed = time
    self.transitions = transitions
  }

  /// Reads what is there; what is missing is as if nobody held it.
  init(_ spec: JSONValue?) {
    holder = spec?["holderIdentity"]?.string ?? ""
    life = spec?["leaseDurationSeconds"]?.integer ?? 0
    acquired = spec?["acquireTime"]?.string ?? ""
    renewed = spec?["renewTime"]?.string ?? ""
    transitions = spec?["leaseTransitions"]?.integer ?? 0
  }

  var json: JSONValue {
    .object([
      "holderIdentity": .string(holder), "leaseDurationSeconds": .integer(life),
      "acquireTime": .string(acquired), "renewTime": .string(renewed),
      "leaseTransitions": .integer(transitions),
    ])
  }

  /// `2026-11-24T07:31:30.482913Z`, with the six digits that an API server asks for.
  static func time(_ date: Date) -> String {
    let microseconds = Int64(max(1_000_000, (date.timeIntervalSince1970 * 1e6).rounded(.down)))
    let seconds = ExpiresAt(epochSeconds: UInt64(microseconds / 1_000_000)).description
    let digits = String(microseconds % 1_000_000)
    return "\(seconds.dropLast()).\(String(repeating: "0", count: 6 - digits.count))\(digits)Z"
  }
}
