import FoundationEssentials
import MomentoAuth
import TLSSession

extension Secret {
  /// The first eight digits of the secret's SHA-256: tells secrets apart that begin alike, and gives
  /// nothing away of a secret that cannot be guessed.
  var fingerprint: String {
    Hexadecimal.encode(Crypto.sha256(Array(reveal().utf8)).prefix(4))
  }
}
