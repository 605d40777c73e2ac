package import ProtobufSchema

/// What stays the same for all connections of a dump.
package struct DumpContext: Sendable {
  private(set) var redactor: Redactor
  let methods: MethodTypes
  private(set) var messages: MessageItems
  private(set) var headers: HeaderItems
  let schema: Schema?
  /// Whether the dynamic table is told behind each header block.
  let showsTables: Bool
  /// Whether the content of frames is explained, or only the frames are listed.
  let framesOnly: Bool

  package init(
    schema: Schema?, redactor: Redactor, guesses: Bool = true, showsTables: Bool = false,
    framesOnly: Bool = false
  ) {
    self.schema = schema
    self.redactor = redactor
    self.showsTables = showsTables
    self.framesOnly = framesOnly
    methods = MethodTypes(schema)
    messages = MessageItems(
      protobuf: ProtobufExplainer(
        schema: schema, redactor: redactor, methods: methods, guesses: guesses))
    headers = HeaderItems(redactor: redactor)
  }

  /// Adds secrets that are known, so that none of them is shown anywhere.
  mutating func know(_ secrets: SecretPatterns) {
    redactor.known = secrets
    messages = MessageItems(
      protobuf: ProtobufExplainer(
        schema: schema, redactor: redactor, methods: methods, guesses: protobuf.guesses))
    headers = HeaderItems(redactor: redactor)
  }

  package var protobuf: ProtobufExplainer { messages.protobuf }
}
