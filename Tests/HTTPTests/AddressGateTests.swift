import Basics
import Synchronization
import Testing

@testable import HTTP

@Suite("Addresses to which the HTTP client may connect", .timeLimit(.minutes(1)))
struct AddressGateTests {
    @Test("A refused address gets no connection, whether it is written in the URL or found by its name")
    func refused() async throws {
        let server = try await RawServer(.say("HTTP/1.1 204 No Content\r\n\r\n"))
        let asked = Mutex<[String]>([])
        let client = HTTPClient.forTests { limits in
            limits.allowsAddress = { address in
                asked.withLock { $0.append("\(address)") }
                return false
            }
        }
        let port = try #require(server.url.split(separator: ":").last)
        for host in ["127.0.0.1", "localhost"] {
            let failure = await client.failure(HTTPRequest(url: "http://\(host):\(port)/"))
            #expect(failure == .notSent(.addressNotAllowed), "\(host)")
        }
        #expect(asked.withLock { $0 }.contains("127.0.0.1"))
    }

    @Test("An allowed address gets a connection")
    func allowed() async throws {
        let server = try await RawServer(.say("HTTP/1.1 204 No Content\r\n\r\n"))
        let client = HTTPClient.forTests { $0.allowsAddress = { $0 == IPAddress("127.0.0.1") } }
        #expect(try await client.result(HTTPRequest(url: server.url)).get().status == 204)
    }
}
