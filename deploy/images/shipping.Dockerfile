# docker build -f deploy/images/shipping.Dockerfile -t ghcr.io/tandem-shop/shipping services/shipping
FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY src ./src
USER 1654
CMD ["node", "src/main.mjs"]
