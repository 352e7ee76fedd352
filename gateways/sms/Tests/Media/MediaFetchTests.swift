import HTTP
import Synchronization
import Testing

@testable import SMSAdapter

@Suite("Fetching files from a provider")
struct MediaFetchTests {
    private static let profile = """
        profile: 1
        id: trial
        settings:
          key: {}
          base: {kind: url, default: "https://api.trial.example"}
        send:
          request: {method: POST, url: "{{base}}/send", form: {text: "{{msg.text}}"}}
          accept: {http: [200]}
          result: {id: none}
        media:
          hosts: ["{{base}}", "cdn.example, *.files.example"]
          basic: ["user", "{{key}}"]
          headers: {X-Key: "{{key}}"}
        """

    private final class Box: Sendable {
        let result = Mutex<Result<[UInt8], MediaFetch.Problem>?>(nil)
    }

    private let provider = FakeProvider()

    private func fetcher(base: String? = nil, allowsPrivate: Bool = false) throws -> MediaFetch {
        let (profile, problems) = try Profiles.read(Self.profile)
        let read = try #require(profile, "\(problems)")
        let settings = try Profiles.settings(of: read, "key: k1" + (base.map { "\nbase: \($0)" } ?? ""))
        return MediaFetch(
            rule: try #require(read.media), settings: settings, allowsPrivateAddresses: allowsPrivate,
            transport: provider.transport)
    }

    private func fetch(_ url: String, with fetcher: MediaFetch) -> Result<[UInt8], MediaFetch.Problem>? {
        let box = Box()
        fetcher.fetch(url) { result in box.result.withLock { $0 = result } }
        return box.result.withLock { $0 }
    }

    @Test(
        "Files are fetched from the hosts of the profile only",
        arguments: [
            ("https://api.trial.example/a", true), ("https://API.trial.example:443/a", true),
            ("https://cdn.example/a", true), ("https://a.files.example/a", true), ("https://a.b.files.example/a", true),
            ("http://api.trial.example/a", false), ("https://api.trial.example:8443/a", false),
            ("http://cdn.example/a", false), ("https://xcdn.example/a", false), ("https://files.example/a", false),
            ("https://evilfiles.example/a", false), ("https://cdn.example.evil.example/a", false),
            ("https://cdn.example@evil.example/a", false), ("https://evil.example/cdn.example", false),
            ("https://169.254.169.254/a", false), ("file:///etc/passwd", false), ("", false),
        ])
    func pinned(url: String, isFetched: Bool) throws {
        #expect(try fetcher().canFetch(url) == isFetched)
        let result = fetch(url, with: try fetcher())
        #expect(provider.requests.isEmpty != isFetched)
        if !isFetched { #expect(throws: MediaFetch.Problem.self) { try result?.get() } }
    }

    @Test("Credentials go with the first request, and not with a redirect, even to the same host")
    func redirect() throws {
        provider.answer(
            .http(302, headers: [("Location", "https://elsewhere.example/b")]),
            .http(307, headers: [("location", "https://api.trial.example/c")]), .http(200, "picture"))
        #expect(try fetch("https://api.trial.example/a", with: fetcher()) == .success(Array("picture".utf8)))
        let requests = provider.requests
        #expect(
            requests.map(\.url) == [
                "https://api.trial.example/a", "https://elsewhere.example/b", "https://api.trial.example/c",
            ])
        #expect(requests[0].headers.contains { $0 == ("Authorization", "Basic dXNlcjprMQ==") })
        #expect(requests[0].headers.contains { $0 == ("X-Key", "k1") })
        #expect(requests[1].headers.isEmpty && requests[2].headers.isEmpty)
    }

    @Test(
        "A redirect to a forbidden place ends the attempt for good",
        arguments: [
            "http://127.0.0.1/", "https://127.0.0.1/", "https://localhost/", "http://elsewhere.example/",
            "ftp://x.example/",
            "https://2130706433/", "",
        ])
    func badRedirect(location: String) throws {
        provider.answer(.http(302, headers: [("Location", location)]))
        guard case .failure(let problem) = try fetch("https://cdn.example/a", with: fetcher()) else {
            Issue.record("the file was fetched")
            return
        }
        #expect(problem.isFinal && provider.requests.count == 1)
    }

    @Test("Redirects are bounded")
    func loop() throws {
        provider.answerAlways(.http(302, headers: [("Location", "https://cdn.example/a")]))
        let result = try fetch("https://cdn.example/a", with: fetcher())
        #expect(throws: MediaFetch.Problem.self) { try result?.get() }
        #expect(provider.requests.count == 1 + MediaFetch.mostRedirects)
    }

    @Test("An operator's own provider may use http and a private address")
    func own() throws {
        provider.answer(.http(302, headers: [("Location", "http://127.0.0.1:9/b")]), .http(200, "x"))
        let fetcher = try fetcher(base: "http://127.0.0.1:8080", allowsPrivate: true)
        #expect(fetch("http://127.0.0.1:8080/a", with: fetcher) == .success(Array("x".utf8)))
    }

    @Test(
        "A failure is final only if another attempt would end in the same way",
        arguments: [
            (FakeProvider.Answer.failure(.outcomeUnknown(.answerTooLarge)), true),
            (.failure(.notSent(.addressNotAllowed)), true), (.failure(.outcomeUnknown(.timeout)), false),
            (.failure(.notSent(.refused)), false), (.http(404), false), (.http(500), false), (.http(200, ""), false),
            (.http(200, "<html>", headers: [("Content-Type", "text/html")]), false),
        ])
    func failures(answer: FakeProvider.Answer, isFinal: Bool) throws {
        provider.answer(answer)
        guard case .failure(let problem) = try fetch("https://cdn.example/a", with: fetcher()) else {
            Issue.record("the file was fetched")
            return
        }
        #expect(problem.isFinal == isFinal)
    }
}
