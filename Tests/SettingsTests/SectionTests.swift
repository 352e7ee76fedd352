import GatewayKit
import Testing

@testable import Settings

@Suite("Sections of the file")
struct SectionTests {
    @Test(
        "a key that a section does not know is told with the place where it stands",
        arguments: [
            ("access", "{allow: [a], nonsense: 1}"), ("limits", "{nonsense: 1}"), ("log", "{nonsense: 1}"),
            ("http", "{nonsense: 1}"), ("operations", "{nonsense: 1}"),
        ])
    func unknownKeys(section: String, content: String) {
        let others = section == "access" ? "" : "access: {allow: [a]}\n"
        let loaded = Loading.load(
            "registry: r\n\(others)\(section): \(content)\ngateways: {a.b: {secret: {env: SECRET}, adapter: echo}}")
        #expect(loaded.configuration == nil)
        #expect(loaded.problems.map(\.key) == ["\(section).nonsense"])
        #expect(loaded.problems.first?.text.hasPrefix("unknown key") == true)
    }

    @Test("a key that a gateway or its adapter does not know is told")
    func unknownKeysOfGateways() {
        let gateway = Loading.load(gateway: "secret: {env: SECRET}, adapter: echo, nonsense: 1")
        #expect(gateway.problems.map(\.key) == ["gateways.a.example.org.nonsense"])
        let adapter = Loading.load(gateway: "secret: {env: SECRET}, adapter: echo, echo: {nonsense: 1}")
        #expect(adapter.problems.map(\.key) == ["gateways.a.example.org.echo.nonsense"])
    }

    @Test("where http is missing, the first gateway that needs it is named")
    func firstGateway() {
        let phone = "{secret: {env: SECRET}, adapter: phone, phone: {number: 1}}"
        let loaded = Loading.load(
            """
            registry: r
            access: {allow: [a]}
            gateways:
              echo.b: {secret: {env: SECRET}, adapter: echo}
              first.b: \(phone)
              second.b: \(phone)
            """)
        #expect(
            loaded.problems.map(\.text) == ["required, because the network of first.b reports by webhooks"])
    }
}
