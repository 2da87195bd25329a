import MCPValues
import Testing

@testable import ProxyConfiguration

/// The examples people copy, word for word.
@Suite struct DocumentedExamplesTests {
    @Test("The config.json of the Go program loads, with warnings for what was not filled in")
    func goConfig() throws {
        let loaded = try load(
            #"""
            {
              "mcpProxy": {
                "baseURL": "https://mcp.example.com",
                "addr": ":9090",
                "name": "MCP Proxy",
                "version": "1.0.0",
                "type": "streamable-http",
                "options": {
                  "panicIfInvalid": false,
                  "logEnabled": true,
                  "authTokens": [
                    "DefaultTokens"
                  ]
                }
              },
              "mcpServers": {
                "github": {
                  "command": "npx",
                  "args": [
                    "-y",
                    "@modelcontextprotocol/server-github"
                  ],
                  "env": {
                    "GITHUB_PERSONAL_ACCESS_TOKEN": "<YOUR_TOKEN>"
                  },
                  "options": {
                    "toolFilter": {
                      "mode": "block",
                      "list": [
                        "create_or_update_file"
                      ]
                    }
                  }
                },
                "fetch": {
                  "command": "uvx",
                  "args": [
                    "mcp-server-fetch"
                  ],
                  "options": {
                    "panicIfInvalid": true,
                    "logEnabled": false,
                    "authTokens": [
                      "SpecificTokens"
                    ]
                  }
                },
                "amap": {
                  "url": "https://mcp.amap.com/sse?key=<YOUR_TOKEN>"
                }
              }
            }
            """#)
        let settings = loaded.settings
        #expect(settings.baseURL.origin == "https://mcp.example.com" && settings.baseURL.pathPrefix.isEmpty)
        #expect(settings.address == ListenAddress(host: nil, port: 9090, isExplicit: true))
        #expect(settings.advertised == .streamableHTTP)
        #expect(settings.servers.map(\.name) == ["github", "fetch", "amap"])
        #expect(
            settings.servers[0].options
                == ServerOptions(
                    logEnabled: true, authTokens: [Secret("DefaultTokens")],
                    toolFilter: ToolFilter(mode: .block, names: ["create_or_update_file"])))
        #expect(
            settings.servers[1].options == ServerOptions(panicIfInvalid: true, authTokens: [Secret("SpecificTokens")]))
        #expect(
            settings.servers[2].transport
                == .http(url: "https://mcp.amap.com/sse?key=<YOUR_TOKEN>", headers: [], timeout: nil, kind: .detect))
        #expect(
            loaded.warnings.map(\.keyPath) == [
                "mcpProxy.options.authTokens[0]", "mcpServers.github.env.GITHUB_PERSONAL_ACCESS_TOKEN",
                "mcpServers.fetch.options.authTokens[0]",
                "mcpServers.amap.url",
            ])
    }

    @Test("The full example of the Go documentation loads, comments included")
    func goDocumentation() throws {
        let loaded = try load(
            #"""
            {
              "mcpProxy": {
                "baseURL": "https://mcp.example.com",
                "addr": ":9090",
                "name": "MCP Proxy",
                "version": "1.0.0",
                "type": "streamable-http", // or "sse" (default)
                "options": {
                  "panicIfInvalid": false,
                  "logEnabled": true,
                  "authTokens": ["DefaultToken"]
                }
              },
              "mcpServers": {
                "github": {
                  // stdio client
                  "command": "npx",
                  "args": ["-y", "@modelcontextprotocol/server-github"],
                  "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "<YOUR_TOKEN>" },
                  "options": {
                    "toolFilter": {
                      "mode": "block",
                      "list": ["create_or_update_file"]
                    }
                  }
                },
                "fetch": {
                  // stdio client
                  "command": "uvx",
                  "args": ["mcp-server-fetch"],
                  "options": {
                    "panicIfInvalid": true,
                    "logEnabled": false,
                    "authTokens": ["SpecificToken"]
                  }
                },
                "amap": {
                  // SSE client
                  "url": "https://mcp.amap.com/sse?key=<YOUR_TOKEN>",
                  "options": {
                    "disabled": true
                  }
                }
              }
            }
            """#)
        #expect(loaded.settings.servers.map(\.options.disabled) == [false, false, true])
        #expect(loaded.warnings.count == 4)
        #expect(loaded.notices.isEmpty)
    }

    /// The `config` objects of the requests that add servers.
    private static let requests = [
        #"""
        {
        "url": "https://example.com/mcp-endpoint",
        "headers": {
        "Authorization": "Bearer your-token"
        },
        "options": {
        "logEnabled": true,
        "authTokens": ["token1", "token2"]
        }
        }
        """#,
        #"""
        {
        "transportType": "stdio",
        "command": "npx",
        "args": ["-y", "@modelcontextprotocol/server-everything"],
        "env": {},
        "options": {
        "logEnabled": true
        }
        }
        """#,
        #"""
        {
        "transportType": "streamable-http",
        "url": "https://router.mcp.so/mcp/example",
        "options": {
        "logEnabled": true
        }
        }
        """#,
        #"""
        {
        "url": "https://example.com/mcp-endpoint",
        "headers": {
        "Authorization": "Bearer your-token"
        },
        "options": {
        "logEnabled": true
        }
        }
        """#,
    ]

    @Test(
        "The examples of the management interface are servers, with names as in the examples",
        arguments: zip(requests, ["new-server-name", "stdio-server", "streamable-server", "adhoc"]))
    func management(text: String, name: String) throws {
        let loaded = try ConfigurationLoader.loadServer(
            named: name, text: Array(text.utf8), source: "request", proxy: ProxySettings(),
            existing: ["fetch", "tavily-mcp-sse"])
        #expect(loaded.settings.name == name)
        #expect(loaded.settings.options.logEnabled)
        #expect(loaded.warnings.allSatisfy { $0.keyPath.hasPrefix("options.authTokens") })
    }

    @Test("A server may carry a token in its name, as the documentation advises")
    func tokenInName() throws {
        #expect(
            try load(serverDocument(#""command": "uvx", "args": ["mcp-server-fetch"]"#, name: "fetch/0a1b2c3d4e5f6071"))
                .warnings.isEmpty)
    }
}
