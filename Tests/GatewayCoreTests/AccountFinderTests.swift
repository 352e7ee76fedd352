import GatewayKit
import GatewayTesting
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("A network finds an account by its number")
struct AccountFinderTests {
    private static let anna = UserID("anna@home.test")
    private static let number = UniqueValue("phone", "+15550100")
    private let token = SearchToken(7)

    private func scene() throws -> Scene {
        let account = AccountRecord(
            gateway: "gw.test", user: Self.anna, network: nil, settings: ["phone": "+15550100"])
        let scene = try Scene(StoredRules(), snapshot: GatewaySnapshot(accounts: [account]))
        scene.forget()
        return scene
    }

    @Test("the user is loaded and the session opened before the network is told so")
    func opens() throws {
        let scene = try scene()
        scene.loadsAtOnce = false
        scene.post(.wanted(Self.number, token))
        #expect(scene.loading == [Self.anna] && scene.findings.isEmpty && scene.opened.isEmpty)
        scene.load()
        #expect(scene.opened.map(\.id.user) == [Self.anna] && scene.findings == [token: .open])
        scene.post(.wanted(Self.number, SearchToken(8)))
        #expect(scene.opened.count == 1 && scene.findings.count == 2, "an open session is not opened again")
    }

    @Test("a number that nobody has is nobody's, and loads no user")
    func nobody() throws {
        let scene = try scene()
        scene.post(.wanted(UniqueValue("phone", "+15550199"), token))
        #expect(scene.findings == [token: .nobody] && scene.opened.isEmpty && scene.loading.isEmpty)
    }

    @Test("if the registry cannot be read, or the gateway stops, the answer is that it is unknown")
    func unknown() throws {
        let scene = try scene()
        scene.readFailure = .unavailable("no disk")
        scene.post(.wanted(Self.number, token))
        scene.readFailure = nil
        scene.post(.stopping(reason: "over"))
        scene.post(.wanted(Self.number, SearchToken(8)))
        for token in [token, SearchToken(8)] {
            guard case .unknown? = scene.findings[token] else {
                Issue.record("\(String(describing: scene.findings[token]))")
                continue
            }
        }
        #expect(scene.opened.isEmpty)
    }

    @Test("if the user's data cannot be read, the answer is that it is unknown, and the next search reads them again")
    func later() throws {
        let scene = try scene()
        scene.loadsAtOnce = false
        scene.post(.wanted(Self.number, token))
        scene.readFailure = .unavailable("no disk")
        scene.load()
        scene.advance(by: .seconds(60))
        guard case .unknown? = scene.findings[token] else {
            Issue.record("\(String(describing: scene.findings[token]))")
            return
        }
        #expect(scene.loading.isEmpty, "nothing is asked for without end")
        scene.readFailure = nil
        scene.loadsAtOnce = true
        scene.post(.wanted(Self.number, SearchToken(8)))
        #expect(scene.findings[SearchToken(8)] == .open)
    }

    @Test("a number whose user unregistered between the answer of the registry and the reading of the user is nobody's")
    func gone() throws {
        let scene = try scene()
        scene.loadsAtOnce = false
        scene.post(.wanted(Self.number, token))
        scene.store = .init()
        scene.load()
        #expect(scene.findings == [token: .nobody] && scene.opened.isEmpty)
    }
}
