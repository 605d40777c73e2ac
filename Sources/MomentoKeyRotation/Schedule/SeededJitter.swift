import TLSSession

/// A number that looks random and is the same for everybody who asks for it by the same name: all
/// replicas find a key due at the same moment, and different keys at different ones.
enum SeededJitter {
  /// A number from 0 up to, and without, 1.
  static func fraction(of name: String) -> Double {
    let hash = Crypto.sha256(Array(name.utf8)).prefix(8)
    let number = hash.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // The 53 bits that a Double holds exactly.
    return Double(number >> 11) * 0x1p-53
  }
}
