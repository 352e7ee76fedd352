import NIOCore
import NIOSSL
import Testing

@testable import Networking

@Suite("Words for errors of libraries")
struct ErrorWordsTests {
    private enum Fault: Error { case noSuchThing, other(Int) }

    @Test("The name of a case becomes words, and other texts stay as they are")
    func words() {
        let reset = IOError(errnoCode: 104, reason: "read(descriptor:pointer:size:)")
        let errors: [(any Error, String)] = [
            (BoringSSLError.zeroReturn, "the other side ended TLS"),
            (NIOSSLError.handshakeFailed(.syscallError), "the TLS handshake failed: the connection broke"),
            (NIOSSLError.uncleanShutdown, "the connection broke"), (ChannelError.eof, "the connection is closed"),
            (reset, "Connection reset by peer"), (Fault.noSuchThing, "no such thing"), (Fault.other(3), "other(3)"),
        ]
        for (error, words) in errors { #expect(ErrorWords.words(of: error) == words) }
    }

    @Test(
        "A server that ends TLS in the handshake has closed the connection", arguments: ["zeroReturn", "syscallError"])
    func handshake(name: String) {
        let error: BoringSSLError = name == "zeroReturn" ? .zeroReturn : .syscallError
        let problem = TLSHandshake.problem(of: error)
        #expect(problem == .closed)
        #expect(problem.words == "the server closed the connection during the handshake")
    }
}
