/// InspIRCd with the capabilities that prove delivery: echo-message, labeled-response, batch, message-tags,
/// server-time.
package struct InspIRCd: IRCServer {
    package let daemon: Daemon
    package let port: Int
    package let tlsPort: Int
    package let certificate: Certificate
    package let helpers: [Daemon]

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
            let text =
                configuration(plan, home: home, port: port, tlsPort: tlsPort)
                + (plan.services.map { link(to: $0, port: linkPort) } ?? "")
            let file = try folder.write(text, to: "inspircd/inspircd.conf")
            let daemon = Daemon(
                "inspircd",
                Daemon.Command(
                    arguments: ["/usr/sbin/inspircd", "--runasroot", "--nofork", "--config", file], folder: home,
                    readiness: [.logLine("is now running as", file: nil), .ports([port, tlsPort])]), in: folder)
            try await daemon.start()
            var helpers: [Daemon] = []
            if let services = plan.services {
                helpers = [try await IRCServices.start(services.program, linkPort: linkPort, in: folder)]
            }
            return InspIRCd(
                daemon: daemon, port: port, tlsPort: tlsPort, certificate: certificate, helpers: helpers)
        }
    }

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

    private static func configuration(_ plan: Plan, home: String, port: Int, tlsPort: Int) -> String {
        let modules = [
            "cap", "ircv3", "ircv3_accounttag", "ircv3_batch", "ircv3_capnotify", "ircv3_chghost", "ircv3_ctctags",
            "ircv3_echomessage", "ircv3_invitenotify", "ircv3_labeledresponse", "ircv3_msgid", "ircv3_servertime",
            "namesx", "uhnames", "monitor", "setname", "botmode", "banexception", "inviteexception", "knock",
            "sajoin", "sapart", "sanick", "redirect", "callerid", "noctcp", "blockcolor",
        ]
        let loads = modules.map { "<module name=\"\($0)\">" }.joined(separator: "\n")
        return """
            <config format="xml">
            <server name="insp.test" description="a server for tests" network="insptest" id="001">
            <admin name="t" nick="t" email="root@localhost">
            <bind address="127.0.0.1" port="\(port)" type="clients">
            <bind address="127.0.0.1" port="\(tlsPort)" type="clients" sslprofile="Clients">
            <module name="ssl_gnutls"> <module name="sslinfo">
            <sslprofile name="Clients" provider="gnutls" certfile="\(home)/server.crt" keyfile="\(home)/server.key"
              hash="sha256" requestclientcert="yes" mindhbits="1024" priority="NORMAL:-VERS-SSL3.0">
            <pid file="\(home)/inspircd.pid">
            <path configdir="\(home)" datadir="\(home)/data" logdir="\(home)" runtimedir="\(home)"
              moduledir="/usr/lib/inspircd/modules">
            <dns server="127.0.0.1" timeout="1">
            <log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="\(home)/ircd.log">
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
            <files motd="\(home)/motd">
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
