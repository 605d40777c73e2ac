/// A secret on its way to the output, which writes its tag: hashing is left to the thread that writes.
final class HiddenValue: Sendable {
  private let secret: [UInt8]
  private let redactor: Redactor

  init(_ secret: [UInt8], _ redactor: Redactor) {
    self.secret = secret
    self.redactor = redactor
  }

  func append(to text: inout [UInt8]) { redactor.append(tagOf: secret, to: &text) }

  /// What stands for the secret.
  var tag: String { redactor.tag(secret) }
}

extension HiddenValue: CustomStringConvertible, CustomReflectable {
  var description: String { tag }
  var customMirror: Mirror { Mirror(self, children: []) }
}
