import CommandConsole
import LocalFiles

/// The input of a command, piece by piece: a file, standard input, or bytes that are there already.
struct InputPieces {
  private enum Source {
    case reader(FilePieces)
    case bytes([UInt8])
  }

  /// How much is read at once: what the allocator takes from memory that it has already.
  private static let size = 1 << 18

  private var source: Source
  private let name: String

  /// - Parameter name: a path; `-` is standard input.
  init(_ name: String, _ context: CommandContext) throws(CommandFailure) {
    self.name = name == "-" ? "standard input" : name
    if name == "-" {
      guard let descriptor = context.standardInput else {
        source = .bytes(context.readStandardInput(.max) ?? [])
        return
      }
      source = .reader(FilePieces(descriptor: descriptor))
      return
    }
    do {
      source = .reader(try FilePieces(path: name))
    } catch {
      throw Self.failure("\(error)")
    }
  }

  /// The next piece; empty at the end.
  mutating func next() throws(CommandFailure) -> [UInt8] {
    switch source {
    case .bytes(let bytes):
      source = .bytes([])
      return bytes
    case .reader(let reader):
      do {
        return try reader.next(Self.size)
      } catch {
        throw Self.failure("cannot read \(name): \(error)")
      }
    }
  }

  /// Whether the next piece, or the end, is there already.
  var isReady: Bool {
    switch source {
    case .bytes: true
    case .reader(let reader): reader.isReady
    }
  }

  private static func failure(_ message: String) -> CommandFailure {
    CommandFailure(
      "NO_INPUT", message, hint: "Give a file, or - for standard input.", exitCode: .noInput)
  }
}
