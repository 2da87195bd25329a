import Logging
import MCPFrontEnd
import MCPGateway
import NIOCore
import ProxyConfiguration

// MARK: - Servers of the last run

extension ServerRegistry {
    /// Starts the servers that were added over the API before the last restart. They are there from now on, whether or
    /// not they can be reached yet.
    func restore(_ stored: [StoredServer]) {
        // Who added them had a token then; which kinds are allowed is asked again.
        let caller = ManagementCaller(principal: .anonymous, hasToken: true)
        for server in stored {
            do throws(ManagementRefusal) {
                guard servers[server.name] == nil else {
                    throw ManagementRefusal(.nameTaken, "the configuration has a server of that name")
                }
                let settings = try read(server.name, server.configuration, .api, for: caller)
                var built = builder.build(settings, .api, configuration: server.configuration)
                built.isDisabled = server.isDisabled
                if built.isDisabled {
                    servers[server.name] = built
                } else {
                    built.connections.start()
                    publish(built)
                }
            } catch {
                notRestored.append(server)
                logger.error(
                    "a server that was added over the API is not started",
                    metadata: [
                        "server": "\(ServerName.redacted(server.name))", "reason": "\(error.detail)",
                        "problems": "\(error.problems.joined(separator: "; "))",
                    ])
            }
        }
        changed()
    }
}
