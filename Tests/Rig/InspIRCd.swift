/// InspIRCd with the capabilities that prove delivery: echo-message, labeled-response, batch, message-tags,
/// server-time.
package struct InspIRCd: IRCServer {
    package let daemon: Daemon
    package let port: Int
    package let tlsPort: Int
    package let certificate: Certificate
    package let helpers: [Daemon]
    package let leafPort: Int?

    package static func start(in folder: RigFolder, _ plan: Plan = Plan()) async throws -> InspIRCd {
        let home = try folder.make("inspircd")
        _ = try folder.make("inspircd/data")
        let certificate = try await Certificate.make(
            ["localhost", "insp.test"], in: folder, as: "inspircd/server", curve: plan.curve)
        try folder.write("hello\n", to: "inspircd/motd")
        return try await retryingBusyPorts {
            let port = try Port.free()
            let tlsPort = try Port.free()
            let linkPort = try Port.free()
            let hub = Site(name: "insp.test", id: "001", home: home, port: port, tlsPort: tlsPort)
            let text =
                configuration(plan, hub)
                + (plan.services.map { link(to: $0, port: linkPort) } ?? "")
                + (plan.hasLeaf ? linkToLeaf(port: linkPort) : "")
            let daemon = try daemon("inspircd", hub, text, in: folder)
            try await daemon.start()
            var helpers: [Daemon] = []
            var leafPort: Int?
            if plan.hasLeaf {
                let leaf = try await startLeaf(linkPort: linkPort, in: folder)
                helpers = [leaf.daemon]
                leafPort = leaf.port
            }
            if let services = plan.services {
                helpers = [try await IRCServices.start(services.program, linkPort: linkPort, in: folder)]
            }
            return InspIRCd(
                daemon: daemon, port: port, tlsPort: tlsPort, certificate: certificate, helpers: helpers,
                leafPort: leafPort)
        }
    }

    /// One server of the network.
    private struct Site {
        let name: String
        let id: String
        let home: String
        let port: Int
        let tlsPort: Int
    }

    private static func daemon(_ name: String, _ site: Site, _ text: String, in folder: RigFolder) throws -> Daemon {
        let file = try folder.write(text, to: "\(name)/inspircd.conf")
        return Daemon(
            name,
            Daemon.Command(
                arguments: ["/usr/sbin/inspircd", "--runasroot", "--nofork", "--config", file], folder: site.home,
                readiness: [.logLine("is now running as", file: nil), .ports([site.port, site.tlsPort])]), in: folder)
    }

    /// Starts the second server. Its operator can link it to the first one.
    private static func startLeaf(linkPort: Int, in folder: RigFolder) async throws -> (daemon: Daemon, port: Int) {
        let home = try folder.make("leaf")
        _ = try folder.make("leaf/data")
        _ = try await Certificate.make(["localhost"], in: folder, as: "leaf/server")
        try folder.write("hello\n", to: "leaf/motd")
        let site = Site(name: "leaf.test", id: "002", home: home, port: try Port.free(), tlsPort: try Port.free())
        let link = """
            <module name="spanningtree"> \(siteOperator)
            <link name="insp.test" ipaddr="127.0.0.1" port="\(linkPort)" allowmask="127.0.0.1" sendpass="linkpw"
              recvpass="linkpw">

            """
        let daemon = try daemon("leaf", site, configuration(Plan(), site) + link, in: folder)
        try await daemon.start()
        return (daemon, site.port)
    }

    /// The first server's end of the link to the second one, and an operator who can break the link.
    private static func linkToLeaf(port: Int) -> String {
        """
        <bind address="127.0.0.1" port="\(port)" type="servers"> <module name="spanningtree">
        <link name="leaf.test" ipaddr="127.0.0.1" port="\(port)" allowmask="127.0.0.1" sendpass="linkpw"
          recvpass="linkpw">
        \(siteOperator)

        """
    }

    private static let siteOperator = "<oper name=\"oper\" password=\"operpw\" host=\"*@*\" type=\"Root\">"

    /// The link to the account services, and the modules that they use.
    private static func link(to services: Plan.Services, port: Int) -> String {
        """
        <bind address="127.0.0.1" port="\(port)" type="servers">
        <module name="spanningtree"> <module name="services_account"> <module name="svshold">
        <module name="chghost"> <module name="chgident"> <module name="hidechans">
        \(services.hasSASL ? "<module name=\"sasl\"> <sasl target=\"services.test\" requiressl=\"no\">" : "")
        <link name="services.test" ipaddr="127.0.0.1" port="\(port)" allowmask="127.0.0.1" sendpass="linkpw"
          recvpass="linkpw">
        <uline server="services.test" silent="yes">

        """
    }

    private static func configuration(_ plan: Plan, _ site: Site) -> String {
        let modules = [
            "cap", "ircv3", "ircv3_accounttag", "ircv3_batch", "ircv3_capnotify", "ircv3_chghost", "ircv3_ctctags",
            "ircv3_echomessage", "ircv3_invitenotify", "ircv3_labeledresponse", "ircv3_msgid", "ircv3_servertime",
            "namesx", "uhnames", "monitor", "setname", "botmode", "banexception", "inviteexception", "knock",
            "sajoin", "sapart", "sanick", "redirect", "callerid", "noctcp", "blockcolor",
        ]
        let loads = modules.map { "<module name=\"\($0)\">" }.joined(separator: "\n")
        return """
            <config format="xml">
            <server name="\(site.name)" description="a server for tests" network="insptest" id="\(site.id)">
            <admin name="t" nick="t" email="root@localhost">
            <bind address="127.0.0.1" port="\(site.port)" type="clients">
            <bind address="127.0.0.1" port="\(site.tlsPort)" type="clients" sslprofile="Clients">
            <module name="ssl_gnutls"> <module name="sslinfo">
            <sslprofile name="Clients" provider="gnutls" certfile="\(site.home)/server.crt" keyfile="\(site.home)/server.key"
              hash="sha256" requestclientcert="yes" mindhbits="1024" priority="NORMAL:-VERS-SSL3.0">
            <pid file="\(site.home)/inspircd.pid">
            <path configdir="\(site.home)" datadir="\(site.home)/data" logdir="\(site.home)" runtimedir="\(site.home)"
              moduledir="/usr/lib/inspircd/modules">
            <dns server="127.0.0.1" timeout="1">
            <log method="file" type="* -USERINPUT -USEROUTPUT" level="default" flush="1" target="\(site.home)/ircd.log">
            <connect name="local" allow="*" resolvehostnames="no" useident="\(plan.asksAboutUsers ? "yes" : "no")" usednsbl="no" useconnectban="no"
              useconnflood="no" timeout="60" pingfreq="120" localmax="6000" globalmax="6000" limit="6000"
              \(plan.serverPassword.map { "password=\"\($0)\"" } ?? "")
              maxconnwarn="no" maxchans="1000" fakelag="no" commandrate="1000000" threshold="1000000" penalty="no"
              recvq="1M" softsendq="16M" hardsendq="32M" sendq="32M">
            <performance quietbursts="yes" clonesonconnect="no" netbuffersize="10240" nouserdns="yes">
            <security announceinvites="dynamic" allowcoreunload="no" hidemodes="" maxtargets="20">
            <limits maxnick="30" maxchan="64" maxmodes="20" maxident="12" maxhost="64" maxquit="255" maxtopic="390"
              maxkick="300" maxreal="128" maxaway="200" maxline="512">
            <options prefixquit="" defaultmodes="not" nosnoticestack="yes" welcomenotice="no" syntaxhints="no">
            <files motd="\(site.home)/motd">
            <class name="All" commands="*" privs="*" usermodes="*" chanmodes="*">
            <type name="Root" classes="All">
            <oper name="root" password="secret" host="*@*" type="Root">
            \(loads)
            \(plan.asksAboutUsers ? asksAboutUsers : "")

            """
    }

    private static let asksAboutUsers = """
        <module name="ident"> <ident timeout="5">
        <module name="cgiirc"> <cgihost type="webirc" mask="127.*" password="gatewaypw">
        """
}
