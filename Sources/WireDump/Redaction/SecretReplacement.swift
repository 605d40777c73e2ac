import WireCaptureModel

/// Replaces the secrets of a recording by synthetic values of the same length.
///
/// What a dump would not show is what is replaced. Then what was found is looked for everywhere else.
package struct SecretReplacement {
  private let context: DumpContext
  private var synthetic = SyntheticSecret()
  /// How many places were changed.
  package private(set) var count = 0
  private var patterns = SecretPatterns([])

  /// - Parameter context: one that does not reveal secrets.
  package init(_ context: DumpContext) { self.context = context }

  /// The same recording without its secrets.
  package mutating func apply(to recording: Recording) -> Recording {
    let found = places(recording, context)
    patterns = SecretPatterns(found.filter(\.isSecretByName).flatMap { Self.values($0.text) })
    let knowing = context.knowing(patterns)
    var result = recording
    for place in places(recording, knowing) { replace(place, &result) }
    for connection in result.connections {
      sweep(&result.streams[connection, default: .init()].client)
      sweep(&result.streams[connection, default: .init()].server)
    }
    return result
  }

  /// Whether a secret that was found stands in a text.
  package func remains(in text: [UInt8]) -> Bool { patterns.occur(in: text) }

  /// A value, and what of it may stand elsewhere alone.
  private static func values(_ text: [UInt8]) -> [[UInt8]] {
    let words = text.split(separator: 0x20).map { Array($0) }
    return words.count == 2 ? [text, words[1]] : [text]
  }

  private func places(_ recording: Recording, _ context: DumpContext) -> [SecretPlace] {
    var dump = Dump(context, SecretPlaces())
    recording.replay(to: &dump)
    dump.finish()
    return dump.output.places
  }

  private mutating func replace(_ place: SecretPlace, _ recording: inout Recording) {
    let value = place.isValue ? synthetic.text(place.text) : synthetic.bytes(place.text)
    let bytes = place.isHuffman ? HuffmanCode.encoded(value) : value
    guard bytes.count == place.offsets.count else { return }
    for (offset, byte) in zip(place.offsets, bytes) {
      recording.streams[place.connection]?[place.direction][offset] = byte
    }
    count += 1
  }

  /// Replaces what stands where no layer would look for a secret.
  private mutating func sweep(_ stream: inout [UInt8]) {
    for pattern in patterns.patterns {
      var start = 0
      while let range = SecretPatterns.firstRange(of: pattern, in: stream, from: start) {
        stream.replaceSubrange(range, with: synthetic.text(pattern))
        start = range.upperBound
        count += 1
      }
    }
  }
}

/// Bytes of a stream that are not to be shown.
struct SecretPlace {
  var connection: Int
  var direction: CaptureDirection
  /// Where each of the bytes stands in its stream.
  var offsets: [Int]
  /// The bytes as their layer has them: Huffman coding undone.
  var text: [UInt8]
  var isHuffman: Bool
  /// Whether it is a value, and not something that is only not looked into.
  var isValue: Bool
  /// Whether its name or its form says that it is a secret, and not only that it might be one.
  var isSecretByName: Bool
}

/// Gathers the secrets of a dump.
private struct SecretPlaces: DumpOutput {
  var lines = OutputLines()
  private(set) var places: [SecretPlace] = []

  mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    var found: [SecretPlace] = []
    // The closure cannot hold a span.
    let content = bytes.bytes(0..<bytes.count)
    unit.item.forEach { item, _ in
      guard let secret = item.secret, !item.isDeferred, !secret.isEmpty else { return }
      found.append(Self.place(item, secret, unit, Array(content[secret])))
    }
    places += found
  }

  private static func place(
    _ item: Item, _ secret: Range<Int>, _ unit: Unit, _ bytes: [UInt8]
  ) -> SecretPlace {
    let isHuffman = item.members.contains { $0.name == "huffman" && $0.value == .flag(true) }
    let text = isHuffman ? try? HuffmanCode.decode(bytes.span) : nil
    let isOfUnknown = item.members.contains {
      $0.name == "inferred" || ($0.name == "name" && $0.value.isUnknownName)
    }
    return SecretPlace(
      connection: unit.connection, direction: unit.direction,
      offsets: secret.map { Int(clamping: unit.map.offset($0)) }, text: text ?? bytes,
      isHuffman: text != nil, isValue: item.kind == "field",
      isSecretByName: item.kind == "field" && !isOfUnknown)
  }

  mutating func note(_ text: String, offset: UInt64) {}
}

extension ItemValue {
  /// Whether it is the name of a header field that was put into a table before the capture began.
  fileprivate var isUnknownName: Bool {
    if case .text(let name) = self { name.hasPrefix("?") } else { false }
  }
}
