import NIOCore
import Networking
import XML
import XMPP

/// STARTTLS on a component stream (RFC 6120 §5).
extension ComponentLink {
    /// Loads the certificates. This comes before the request for TLS, because nothing may be read between the server's
    /// consent and the handshake.
    func prepareTLS() {
        let connection = connection
        let prepared = dialer.prepareTLS(with: server, settings.encryption.tls, on: eventLoop)
        prepared.assumeIsolated().whenComplete { [self] result in
            // The parser may still be at work if the certificates were there already.
            later { [self] in
                guard connection == self.connection else { return }
                upgrade = try? result.get()
                perform(failure(of: result).map { .tlsFailed($0) } ?? .tlsPrepared)
            }
        }
    }

    /// Asks the server for TLS. Until it has consented, its bytes are parsed one by one. Bytes in clear text after
    /// `<proceed/>` may come from an attacker, and are refused.
    func writeStartTLS() {
        write(StartTLS.request.element)
        negotiationParser = parser
        parser = nil
    }

    /// Parses bytes that come while the server is asked for TLS, and refuses those that come behind its consent.
    func parseForTLS(_ bytes: ByteBuffer) {
        do throws(XMLError) {
            _ = try bytes.withBytes { bytes throws(XMLError) in
                for index in bytes.indices {
                    guard let parser = negotiationParser else {
                        perform(.clearTextAfterProceed)
                        break
                    }
                    try parser.push(UnsafeRawBufferPointer(rebasing: bytes[index...index])) { received($0) }
                }
                return bytes.count
            }
        } catch {
            negotiationParser = nil
            perform(.malformed(error))
        }
    }

    /// Begins the TLS handshake on the connection.
    func startTLS() {
        negotiationParser = nil
        guard let channel, let upgrade else { return }
        self.upgrade = nil
        let connection = connection
        upgrade.begin(on: channel).assumeIsolated().whenComplete { [self] result in
            guard connection == self.connection else { return }
            perform(failure(of: result).map { .tlsFailed($0) } ?? .tlsEstablished)
        }
        // The end of this read is now reported to the TLS handler, which does not pass it on.
        finishTurn()
    }

    private func failure<Value>(of result: Result<Value, any Error>) -> DialError? {
        guard case .failure(let error) = result else { return nil }
        return error as? DialError ?? .tlsFailed(server, .other(ErrorWords.words(of: error)))
    }
}
