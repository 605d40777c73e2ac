/// A secret in the form in which requests carry it, so that a call need not make it anew. Like a
/// ``Secret`` it shows itself to nobody who prints, dumps or reflects it.
struct WireSecret: Sendable, CustomStringConvertible, CustomReflectable {
  /// In the open.
  let text: String

  init(_ secret: Secret) { text = secret.reveal() }

  var description: String { redaction }
  var customMirror: Mirror { Mirror(self, children: []) }
}
