import TestSupport
import Testing

@testable import WireDump

/// Header blocks of encoders that share no code with the decoder.
@Suite struct HeaderVectorTests {
  @Test("every story is read as PyPI's hpack reads it", arguments: HeaderStory.names)
  func stories(name: String) throws {
    var decoder = HeaderDecoder()
    for test in try HeaderStory(name).cases {
      decoder.sizeLimit = test.headerTableSize
      let bytes = hex(test.wire)
      let block = decoder.decode(bytes.span, bytes.indices)
      let fields = block.fields.filter { $0.representation != .sizeUpdate }
      #expect(block.failure == nil, "block \(test.seqno)")
      #expect(block.violations.isEmpty, "block \(test.seqno)")
      #expect(fields.map(text) == test.fields, "block \(test.seqno)")
      let never = fields.indices.filter { fields[$0].representation == .neverIndexed }
      #expect(never == test.neverIndexed ?? [], "block \(test.seqno)")
      #expect(decoder.table.size <= test.headerTableSize, "block \(test.seqno)")
    }
  }

  @Test("there are stories of each encoder, and blocks enough")
  func encoders() throws {
    let encoders = Set(HeaderStory.names.map { $0.prefix { $0 != "/" } })
    #expect(encoders.isSuperset(of: ["grpc-core", "grpc-go", "nghttp2", "python-hpack"]))
    let stories = try HeaderStory.names.map { try HeaderStory($0) }
    #expect(stories.reduce(0) { $0 + $1.cases.count } > 200)
  }

  private func text(_ field: HeaderBlock.Field) -> String {
    String(decoding: field.name ?? [], as: UTF8.self) + ": "
      + String(decoding: field.value ?? [], as: UTF8.self)
  }
}
