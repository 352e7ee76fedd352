import GatewayKit

/// Checks the conversion between addresses and text in `NetworkRules`.
struct AddressChecks {
    let rules: any NetworkRules
    let samples: ConformanceSamples
    let findings: ConformanceFindings

    /// Maximum length of a localpart in bytes (RFC 7622 §3.3).
    private static let longestLocalpart = 1023

    func run() {
        checkNetworks()
        for address in samples.addresses {
            checkRoundTrip(address, from: "a sample")
            checkDelivery(of: address)
        }
        for text in samples.refused { checkRefused(text) }
        for text in samples.typed { checkTyped(text) }
        for text in HostileText.all {
            checkHostile(text, with: "address(localpart:)") { text throws(AddressError) in
                try rules.address(localpart: text)
            }
            checkHostile(text, with: "normalize") { text throws(AddressError) in try rules.normalize(text) }
        }
    }

    private func checkNetworks() {
        let networks = rules.networks
        findings.expect(!networks.isEmpty, "an adapter reaches at least one network", "networks is empty")
        findings.expect(Set(networks).count == networks.count, "no network is listed twice", "\(networks)")
        findings.expect(
            networks.contains(samples.account.id.network), "a session belongs to a network of the list",
            "\(samples.account.id.network)")
    }

    /// Checks that `delivery(of:)` tells nothing of its own where the description says so: the core does not ask then.
    private func checkDelivery(of address: Address) {
        let description = rules.description
        guard !description.deliveryVaries, let delivery = rules.delivery(of: address) else { return }
        findings.expect(
            delivery == description.delivery, "delivery(of:) differs only if deliveryVaries is true", "\(address)")
    }

    /// Checks that an address and its localpart lead back to each other. The localpart of a network may be empty: if an
    /// adapter has only one network, the gateway itself stands for it.
    private func checkRoundTrip(_ address: Address, from source: String) {
        let localpart = rules.localpart(of: address)
        if case .network = address, localpart.isEmpty { return }
        let shown = HostileText.shown(localpart)
        findings.expect(
            rules.networks.contains(address.network), "an address belongs to a network of the list",
            "\(address.network) from \(source)")
        findings.expect(
            !localpart.isEmpty && localpart.utf8.count <= Self.longestLocalpart,
            "a localpart has 1 to 1,023 bytes (RFC 7622 §3.3)", "\(shown) from \(source)")
        findings.expect(
            !localpart.utf8.contains { [0, 10, 13].contains($0) }, "no address holds CR, LF or NUL",
            "\(shown) from \(source)")
        do {
            let back = try rules.address(localpart: localpart)
            findings.expect(
                back == address, "address(localpart: localpart(of: a)) == a",
                "\(shown) from \(source) came back as another")
            let typed = try rules.normalize(localpart)
            findings.expect(
                typed == address, "normalize is idempotent",
                "\(shown) from \(source) became \(HostileText.shown(rules.localpart(of: typed)))")
        } catch {
            findings.add(
                "address(localpart: localpart(of: a)) == a", "\(shown) from \(source) is refused: \(error.text)")
        }
    }

    private func checkRefused(_ text: String) {
        do {
            let address = try rules.address(localpart: text)
            findings.add(
                "a text that cannot be an address is refused",
                "\(HostileText.shown(text)) became \(HostileText.shown(rules.localpart(of: address)))")
        } catch {
            check(error, for: text)
        }
    }

    private func checkTyped(_ text: String) {
        do {
            checkRoundTrip(try rules.normalize(text), from: HostileText.shown(text))
        } catch {
            findings.add("normalize accepts the texts that people type", "\(HostileText.shown(text)): \(error.text)")
        }
    }

    private func checkHostile(_ text: String, with function: String, _ read: (String) throws(AddressError) -> Address) {
        do {
            checkRoundTrip(try read(text), from: "\(function) of \(HostileText.shown(text))")
        } catch {
            check(error, for: text)
        }
    }

    private func check(_ error: AddressError, for text: String) {
        findings.expect(!error.text.isEmpty, "a refusal gives a reason", "no reason for \(HostileText.shown(text))")
        guard let suggestion = error.suggestion else { return }
        findings.expect(
            (try? rules.address(localpart: suggestion)) != nil, "a suggested address is valid",
            "\(HostileText.shown(suggestion)) for \(HostileText.shown(text))")
    }
}
