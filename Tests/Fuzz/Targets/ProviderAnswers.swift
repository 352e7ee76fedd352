import GatewayKit

@testable import HTTP
@testable import SMSAdapter

/// Input: a provider's answer to a request of ours: the status, headers, an empty line, the body. The body is also
/// taken as the text of an outbound message.
///
/// Rules: A message with an uncertain outcome is never sent again. A text for the log is one line of bounded length
/// without our secrets. Every text of a message makes a valid HTTP request.
extension FuzzTarget {
    static let providerAnswer = FuzzTarget(name: "provider-answer") { bytes in
        let (head, body) = FuzzInput(bytes: bytes).headAndBody
        let headers = head.dropFirst().map { line in
            let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (sides[0], sides.count > 1 ? sides[1] : "")
        }
        let response = HTTPResponse(status: head.first.flatMap { Int($0) } ?? 200, headers: headers, body: body)
        for account in PhoneGateway.settings.accounts {
            let outcome = account.profile.outcome(of: response, settings: account.settings)
            check(outcome, response, isRepeatable: account.profile.response.isRepeatable)
            check(String(decoding: body, as: UTF8.self), account)
        }
    }

    private static func check(_ outcome: SendOutcome, _ response: HTTPResponse, isRepeatable: Bool) {
        switch outcome {
        case .accepted(let id, let facts):
            require((facts.price?.count ?? 0) <= MessageFacts.longestPrice, "the price \(facts.price ?? "")")
            // A provider that knows repeats may refuse one with 409, and then has the message.
            let isTaken = (200..<300).contains(response.status) || (isRepeatable && response.status == 409)
            require(isTaken, "\(response.status) counts as accepted")
            require((id?.count ?? 1) <= 256 && id?.isEmpty != true, "the id \(id ?? "")")
        case .failed(let failure), .refusedAccount(let failure):
            let detail = failure.detail ?? ""
            require(detail.utf8.count <= 4096 && !detail.utf8.contains { $0 < 0x20 }, "the words \(detail)")
            require(!detail.contains(PhoneGateway.secret), "a secret in \(detail)")
            guard case .after(let wait) = failure.retry else { return }
            require(wait >= .zero && wait <= .seconds(3600), "a wait of \(wait)")
            let isDoubtful = [200, 201, 202, 500, 502, 504].contains(response.status) && response.body.isEmpty
            require(isRepeatable || !isDoubtful, "sent again")
        }
    }

    private static func check(_ text: String, _ account: ProviderAccount) {
        guard let from = account.numbers.first else { return }
        for peer in ["+15551234567", "33733;phone-context=\(from.shortCodeContext)", text] {
            let address = Address.peer(PeerAddress(network: SMSRules.network, name: peer))
            do throws(Failure) {
                let message = try account.message(
                    RequestID("r-1"), Text(text), to: address, from: from)
                require(message.segmentation.parts >= 1, "a text of no parts")
                let hooks = HookAddresses(base: PhoneGateway.publicURL, from: from)
                let request = try account.profile.request(for: message, settings: account.settings, hooks: hooks)
                // The length of a URL is limited by the provider. Here only the form of shorter URLs is checked.
                let defect = request.url.utf8.count > 16_384 ? nil : request.defect
                require(defect == nil, "\(defect ?? "") in the request for \(text)")
            } catch {
                require(!error.text.isEmpty, "refused without a word")
            }
        }
    }
}
