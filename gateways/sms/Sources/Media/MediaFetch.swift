import Basics
import HTTP

/// Fetches one file from a provider: one request, and one more for each redirect.
///
/// Only the first request, to a host of the profile, has credentials. A redirect leads to any public host over `https`,
/// because providers keep files at other companies.
struct MediaFetch: Sendable {
    /// The reason why there is no file.
    struct Problem: Error, Equatable {
        /// For the user.
        let words: String
        /// Whether another attempt would end in the same way.
        let isFinal: Bool
    }

    static let mostRedirects = 5

    let rule: MediaRule
    let settings: ProviderSettings
    let allowsPrivateAddresses: Bool
    let transport: ProviderLink.Transport

    /// Whether the file is at a host from which the profile allows to fetch it.
    func canFetch(_ url: String) -> Bool { rule.request(for: url, settings: settings) != nil }

    /// Fetches a file. Calls `done` once, on any thread.
    func fetch(_ url: String, _ done: @escaping @Sendable (Result<[UInt8], Problem>) -> Void) {
        guard let request = rule.request(for: url, settings: settings), let address = WebAddress(url) else {
            return done(.failure(Problem(words: "its address is not one of the provider's", isFinal: true)))
        }
        send(request, address, redirects: 0, done)
    }

    private func send(
        _ request: HTTPRequest, _ address: WebAddress, redirects: Int,
        _ done: @escaping @Sendable (Result<[UInt8], Problem>) -> Void
    ) {
        transport(request) { result in
            switch result {
            case .failure(let failure): done(.failure(Self.problem(failure.reason)))
            case .success(let response) where Self.redirects.contains(response.status):
                guard redirects < Self.mostRedirects,
                    let next = response.header("Location").flatMap(address.redirected),
                    next.isSecure || !address.isSecure, allowsPrivateAddresses || !next.isPrivate
                else { return done(.failure(Problem(words: "the provider redirects to a wrong place", isFinal: true))) }
                send(HTTPRequest(.get, url: next.url), next, redirects: redirects + 1, done)
            case .success(let response): done(Self.file(in: response))
            }
        }
    }

    private static let redirects: Set = [301, 302, 303, 307, 308]

    private static func file(in response: HTTPResponse) -> Result<[UInt8], Problem> {
        guard response.status == 200 else {
            // A provider may announce a file before it has it, so that 404 may end, too.
            return .failure(Problem(words: "the provider answers with status \(response.status)", isFinal: false))
        }
        guard !response.body.isEmpty else { return .failure(Problem(words: "it is empty", isFinal: false)) }
        let type = response.header("Content-Type")?.lowercased() ?? ""
        guard !type.hasPrefix("text/html") else {
            return .failure(Problem(words: "the provider answers with a web page", isFinal: false))
        }
        return .success(response.body)
    }

    private static func problem(_ reason: HTTPFailureReason) -> Problem {
        switch reason {
        case .answerTooLarge: Problem(words: "it is too large", isFinal: true)
        case .addressNotAllowed, .invalidRequest: Problem(words: "it is at a forbidden address", isFinal: true)
        case .timeout, .connectTimeout: Problem(words: "the provider took too long", isFinal: false)
        default: Problem(words: "the provider cannot be reached", isFinal: false)
        }
    }
}
