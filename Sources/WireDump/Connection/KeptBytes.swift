/// How much the connections of a dump keep together until it is complete: messages, header blocks,
/// frames, and what is known of streams. It is one dump's own.
final class KeptBytes {
  /// 24 MiB.
  static let most = 24 << 20
  /// About what a stream takes.
  static let ofStream = 512

  private(set) var count = 0

  /// How much more may be kept.
  var room: Int { Self.most - count }

  func change(by bytes: Int) { count += bytes }

  /// About how much what is known of header blocks takes, and how much it may: beyond that they are
  /// explained anew.
  private(set) var ofBlocks = 0
  private static let mostOfBlocks = 4 << 20

  var hasRoomForBlocks: Bool { ofBlocks < Self.mostOfBlocks }

  func changeBlocks(by bytes: Int) { ofBlocks += bytes }
}
