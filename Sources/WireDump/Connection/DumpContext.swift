package import ProtobufSchema

/// What stays the same for all connections of a dump.
package final class DumpContext: Sendable {
  let redactor: Redactor
  let methods: MethodTypes
  let messages: MessageItems
  let headers: HeaderItems
  /// What the tables of all connections share.
  let pool: HeaderPool
  package let schema: Schema?
  /// Whether the dynamic table is told behind each header block.
  let showsTables: Bool
  /// Whether the content of frames is explained, or only the frames are listed.
  let framesOnly: Bool

  /// - Parameter isForJSON: whether the output is JSON, which is then told faster.
  package init(
    schema: Schema?, redactor: Redactor, guesses: Bool = true, showsTables: Bool = false,
    framesOnly: Bool = false, isForJSON: Bool = false
  ) {
    self.schema = schema
    self.redactor = redactor
    self.showsTables = showsTables
    self.framesOnly = framesOnly
    methods = MethodTypes(schema)
    messages = MessageItems(
      protobuf: ProtobufExplainer(
        schema: schema, redactor: redactor, methods: methods, guesses: guesses))
    let headers = HeaderItems(redactor: redactor, isForJSON: isForJSON)
    self.headers = headers
    pool = HeaderPool { headers.text($0, $1) }
  }

  /// The same, which also knows secrets of which none may be shown anywhere.
  func knowing(_ secrets: SecretPatterns) -> DumpContext {
    var knowing = redactor
    knowing.known = secrets
    return DumpContext(
      schema: schema, redactor: knowing, guesses: protobuf.guesses, showsTables: showsTables,
      framesOnly: framesOnly, isForJSON: headers.isForJSON)
  }

  package var protobuf: ProtobufExplainer { messages.protobuf }
}
