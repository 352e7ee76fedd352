import Foundation
import ServerRig
import Testing

extension Watching {
    @Test("the status page shows gateways, networks and accounts; the webhook listener shows nothing of it")
    func statusPage() async throws {
        let deployment = try Stage.deployment
        let page = try await poll("the page to have its first figures") {
            let page = try await HTTPExchange.get(port: deployment.martlet.operationsPort, "/")
            return page.body.contains("Networks") ? page : nil
        }
        #expect(page.status == 200)
        for words in [
            deployment.irc, deployment.sms, "account main of \(deployment.sms)", "registry", "up for",
            ">open<", "Latest warnings and errors",
        ] {
            #expect(page.body.contains(words), "\(words)")
        }
        #expect(!page.body.contains("<script") && !page.body.contains("http://") && !page.body.contains("https://"))
        for path in ["/", "/metrics", "/health"] {
            #expect(try await HTTPExchange.get(port: deployment.martlet.webhookPort, path).status == 404)
        }
    }
}
