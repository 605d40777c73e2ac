/// What is refused before anything is sent, and what is not.
///
/// Refused here is what every server refuses, so that the mistake is named without a round trip. Left
/// to the server is what it may decide otherwise one day, or what nobody states alike: more than 20
/// permissions, a disposable token that is to work for more than 25 hours, and whether the caches and
/// topics exist (they need not).
package enum RequestValidation {
  /// The most bytes that a token id may have. Some of Momento's SDKs count characters, others bytes;
  /// what has this many bytes is short enough either way.
  package static let maximumTokenIDSize = 64

  /// Checks what a scope allows.
  package static func check(_ permissions: [Permission]) throws(MomentoError) {
    for permission in permissions { try permissionRules.check(permission) }
    try listRules.check(permissions)
  }

  /// Checks the name that subscribers will see beside what a token's bearer publishes.
  package static func check(tokenID: String) throws(MomentoError) {
    try tokenIDRules.check(tokenID)
  }

  /// Checks that a token will expire; how soon is checked by ``ExpiresIn/validForSeconds(at:)``.
  package static func check(disposableExpiry expiresIn: ExpiresIn) throws(MomentoError) {
    try disposableExpiryRules.check(expiresIn)
  }

  private static let permissionRules: [Rule<Permission>] = [
    Rule("The name of a cache is empty.", "Name a cache, or select all caches.") {
      $0.cacheSelector == .named("")
    },
    Rule("A cache key is empty.", "Give the key, or select all items.") {
      $0.itemSelector == .key([UInt8]())
    },
    Rule("A cache key prefix is empty.", "Give the prefix, or select all items.") {
      $0.itemSelector == .keyPrefix([UInt8]())
    },
    Rule("The name of a topic is empty.", "Name a topic, or select all topics.") {
      $0.topicSelector == .named("")
    },
    Rule("A topic name prefix is empty.", "Give the prefix, or select all topics.") {
      $0.topicSelector == .namePrefix("")
    },
    Rule("The name of a function is empty.", "Name a function, or select all functions.") {
      $0.functionSelector == .named("")
    },
    Rule("A function name prefix is empty.", "Give the prefix, or select all functions.") {
      $0.functionSelector == .namePrefix("")
    },
  ]

  private static let listRules: [Rule<[Permission]>] = [
    Rule("The list of permissions is empty.", "Give at least one permission.") { $0.isEmpty },
    Rule(
      "Two permissions select exactly the same, so one repeats or contradicts the other.",
      "Keep one of the two; roles that do both are read-write and publish-subscribe."
    ) { permissions in
      Set(permissions.map(\.selection)).count < permissions.count
    },
  ]

  private static let tokenIDRules: [Rule<String>] = [
    Rule("The token id is empty.", "Leave it out if the token needs none.") { $0.isEmpty },
    Rule("The token id is longer than \(maximumTokenIDSize) bytes.", "Give a shorter one.") {
      $0.utf8.count > maximumTokenIDSize
    },
  ]

  private static let disposableExpiryRules: [Rule<ExpiresIn>] = [
    Rule("A disposable token must have an expiry.", "Give one; servers allow 25 hours at most.") {
      !$0.doesExpire
    }
  ]
}

/// One line of the table: what is wrong, what to do about it, and how to tell.
private struct Rule<Subject>: Sendable {
  let complaint: String
  let advice: String
  let isBroken: @Sendable (Subject) -> Bool

  init(
    _ complaint: String, _ advice: String, isBroken: @escaping @Sendable (Subject) -> Bool
  ) {
    self.complaint = complaint
    self.advice = advice
    self.isBroken = isBroken
  }
}

extension Array {
  fileprivate func check<Subject>(
    _ subject: Subject
  ) throws(MomentoError) where Element == Rule<Subject> {
    for rule in self where rule.isBroken(subject) {
      throw .invalidArgument(rule.complaint, advice: rule.advice)
    }
  }
}
