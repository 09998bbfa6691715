# One image; the role is the command: start (all in one), web, worker, migrate, doctor …
FROM node:24-slim

WORKDIR /app
COPY package.json package-lock.json ./
# Without dev dependencies the package `node` stays out: the image's own Node 24 runs.
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

COPY migrations ./migrations
COPY templates ./templates
COPY demo ./demo
COPY src ./src
COPY LICENSE ./

# Secret, installation file and, without DATABASE_URL, the embedded database.
RUN mkdir /data && chown node:node /data
VOLUME /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
USER node
EXPOSE 3000

# For the roles that listen; compose switches it off for the others.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Docker's SIGTERM reaches node itself: it ends within 10 s and loses nothing.
ENTRYPOINT ["node", "src/cli.ts"]
CMD ["start"]
